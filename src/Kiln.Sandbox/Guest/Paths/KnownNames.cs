// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.Shortcuts;

namespace Kiln.Sandbox.Guest.Paths;

/// <summary>
/// Absolute paths that are known to be no link, or not to be there: compilers ask for each part of a path hundreds of times. That holds until the step changes the name that decides it, which nobody else can; a change of a
/// directory or a link, through which other paths lead, ends all that is known. What is served, and what rights decide, is never in it: it is root's view, from the tree's root.
/// </summary>
internal sealed class KnownNames(GuestTree tree, ShortcutMemory memory)
{
    private const int MostMissing = 8; // directories of a path that are not there

    private readonly byte[] _path = new byte[ShortcutMemory.LongestPath + 1];

    /// <summary>What reading a path, with its NUL, as a link gives, EINVAL or ENOENT; <see cref="Errno.None"/> where that is not known.</summary>
    public Errno Find(ReadOnlySpan<byte> path) => path.Length <= ShortcutMemory.LongestPath + 1 ? memory.Find(path[..^1]) : Errno.None;

    /// <summary>The kernel's lookup has found that a path, with its NUL, is no link (EINVAL) or leads to nothing (ENOENT).</summary>
    public void Learn(ReadOnlySpan<byte> path, Errno error)
    {
        if (path.Length > ShortcutMemory.LongestPath + 1)
            return;
        uint changes = memory.Changes;
        ReadOnlySpan<byte> rest = path[..^1];
        for (int missing = 0; missing < MostMissing && rest.LastIndexOf((byte)'/') is >= 0 and var slash; missing++)
        {
            ReadOnlySpan<byte> name = rest[(slash + 1)..];
            if (name.IsEmpty || name is [(byte)'.', (byte)'.'] || (name is [(byte)'.'] && error != Errno.ENOENT))
                return;
            if (name is not [(byte)'.'])
            {
                Errno found = Place.Of(tree.Root).Open(WithNul(rest[..Math.Max(slash, 1)]), OpenFlags.PathOfDirectory, 0, PathResolve.InRoot | PathResolve.NoMagicLinks, out Place directory);
                if (found == Errno.None)
                {
                    using (directory)
                        Learn(path, error, directory, name, isLast: missing == 0, changes);
                    return;
                }
                if (found != Errno.ENOENT || error != Errno.ENOENT)
                    return;
            }
            rest = rest[..slash];
        }
    }

    /// <summary>Any name may have changed.</summary>
    public void Forget() => memory.Forget();

    /// <summary>A name without anything below it was made in a directory; with a NUL.</summary>
    public void Forget(ulong directory, ReadOnlySpan<byte> name) => memory.Forget(directory, name[..^1]);

    /// <summary>What has a name in a directory had none before, or the other way round; with a NUL.</summary>
    public void Forget(Place directory, ReadOnlySpan<byte> name, in FullStatus status)
    {
        if (status.Type is FileType.Directory or FileType.SymbolicLink || directory.GetStatus(out FullStatus parent) != Errno.None)
            Forget();
        else
            Forget(parent.Inode, name);
    }

    /// <summary>By the name that decides it, in a directory. What a link at its end does not lead to is there itself.</summary>
    private void Learn(ReadOnlySpan<byte> path, Errno error, Place directory, ReadOnlySpan<byte> name, bool isLast, uint changes)
    {
        if (directory.GetStatus(out FullStatus status) != Errno.None)
            return;
        uint changesOfName = memory.ChangesOf(status.Inode, name);
        Errno found = directory.GetStatus(WithNul(name), out FullStatus file) is not Errno.None and var failure ? failure : file.Type == FileType.SymbolicLink ? Errno.None : Errno.EINVAL;
        if (found == error && (isLast || error == Errno.ENOENT))
            memory.Add(path[..^1], error, status.Inode, name, changes, changesOfName);
    }

    private Span<byte> WithNul(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_path);
        _path[text.Length] = 0;
        return _path.AsSpan(0, text.Length + 1);
    }
}
