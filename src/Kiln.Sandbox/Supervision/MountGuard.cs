// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Chroot;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Supervision;

/// <summary>
/// Refuses what the kernel would refuse if a step's mounts were mounts: changes in a read-only one (EROFS), its removal (EBUSY), links across its border (EXDEV).
/// It guards nobody's property: a step that outwits it changes a copy that is thrown away, or a cache that any step may change.
/// </summary>
internal sealed class MountGuard(DirectoryHandle tree, DirectoryHandle processes, GuestPaths paths, IReadOnlyList<PlacedMount> mounts)
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const int LongestPath = 4096;
    private const PathResolve InTree = PathResolve.InRoot | PathResolve.NoMagicLinks;

    private readonly byte[] _text = new byte[LongestPath];

    /// <summary>The error to answer with; null where the call may go on.</summary>
    public Errno? FindRefusal(Caller caller)
    {
        if (mounts.Count == 0)
            return null;
        // What becomes of two names at once must be one mount's affair, which the kernel asks first.
        Located? first = null;
        foreach (PathChange change in GuardedCalls.Find(caller.Call, PathCalls.FlagsOf(caller, out _)))
        {
            if (Locate(caller, change, out bool exists) is not { } path)
                continue;
            var located = new Located(change.Kind, path, exists, MountOf(change.Kind == PathChangeKind.Remove ? path.Parent : path));
            if (first is not null && first.Mount != located.Mount)
                return Errno.EXDEV;
            if (first is not null && RefuseOne(first, caller) is { } refusal)
                return refusal;
            first = located;
        }
        return first is null ? null : RefuseOne(first, caller);
    }

    private PlacedMount? MountOf(UnixPath path) => mounts.LastOrDefault(mount => path.IsAtOrBelow(mount.Place));

    private Errno? RefuseOne(Located located, Caller caller) =>
        located.Kind == PathChangeKind.Remove && mounts.Any(mount => mount.Place == located.Path) ? Errno.EBUSY
        : located.Mount is { IsReadOnly: true } ? RefuseIn(located.Kind, located.Exists, PathCalls.FlagsOf(caller, out _))
        : null;

    /// <summary>What a read-only mount says: a name that is taken is the first thing that the kernel sees, one that is missing is missed.</summary>
    private static Errno? RefuseIn(PathChangeKind kind, bool exists, OpenFlags flags) => kind switch
    {
        PathChangeKind.Create when exists => Errno.EEXIST,
        PathChangeKind.Modify when !exists => null,
        PathChangeKind.Open when exists && ((flags.IsExclusive && !flags.IsTemporary) || !flags.Writes) => null,
        PathChangeKind.Link => null,
        _ => Errno.EROFS,
    };

    /// <summary>Where a path leads in the tree; null where that cannot be told, and the kernel has the word.</summary>
    private UnixPath? Locate(Caller caller, PathChange change, out bool exists)
    {
        exists = false;
        byte[] path = caller.ReadPath(change.Path).ToArray();
        int descriptor = change.Directory < 0 ? CurrentDirectory : caller.Call.Number(change.Directory);
        if (path.Length < 2)
        {
            // Nothing but a NUL: the call is about the descriptor itself.
            exists = true;
            return change.Directory >= 0 && paths.OfDirectory(caller, descriptor) is { IsEmpty: false } own ? UnixPath.Clean(own) : null;
        }
        ReadOnlySpan<byte> start = path[0] == '/' ? "/"u8 : paths.OfDirectory(caller, descriptor);
        if (start.IsEmpty || start.Length + path.Length >= LongestPath)
            return null;
        ReadOnlySpan<byte> whole = [.. start, (byte)'/', .. path];
        whole = whole[..^1].Trim((byte)'/');
        if (whole.IsEmpty)
            return null;
        if (Find([.. whole, 0], change.Follow) is { } found)
        {
            exists = true;
            return found;
        }
        int slash = whole.LastIndexOf((byte)'/');
        ReadOnlySpan<byte> name = whole[(slash + 1)..];
        return name is [(byte)'.'] or [(byte)'.', (byte)'.'] ? null : Find([.. whole[..Math.Max(0, slash)], (byte)'/', (byte)'.', 0], follow: true)?.Append(name);
    }

    private UnixPath? Find(ReadOnlySpan<byte> path, bool follow)
    {
        AnsweredFile.Open(tree, path, follow ? OpenFlags.Path : OpenFlags.PathOfLink, 0, InTree, out SafeFileHandle? found);
        if (found is null)
            return null;
        using (found)
        {
            byte[] link = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"self/fd/{found.DangerousGetHandle()}\0"));
            return AnsweredFile.ReadLink(processes, link, _text, out int count) == Errno.None && paths.Strip(_text.AsSpan(0, count)) is { IsEmpty: false } real
                ? UnixPath.Clean(real)
                : null;
        }
    }

    /// <summary>A path of a call, and the mount whose affair it is.</summary>
    private sealed record Located(PathChangeKind Kind, UnixPath Path, bool Exists, PlacedMount? Mount);
}
