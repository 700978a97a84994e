// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.Identity;
using Kiln.Sandbox.Guest.State;

namespace Kiln.Sandbox.Guest.Paths;

/// <summary>
/// Finds where a path of the step leads, path_resolution(7). Root's paths the kernel resolves in one go, inside the tree or beneath a directory of it, whatever the step's threads do to the tree
/// meanwhile; where that ends at something that is served, or the caller's rights count, the path is walked name by name, each looked up in the directory that is held open.
/// </summary>
internal sealed partial class GuestLookup(GuestCall call)
{
    private const int LongestPath = 4096;
    private const PathResolve InRoot = PathResolve.InRoot | PathResolve.NoMagicLinks;
    private const PathResolve Beneath = PathResolve.Beneath | PathResolve.NoMagicLinks;

    private readonly byte[] _scratch = new byte[LongestPath];
    private readonly byte[] _name = new byte[LongestPath];
    private readonly byte[] _secondName = new byte[LongestPath];

    /// <summary>What a path leads to.</summary>
    /// <param name="directory">The descriptor that it is relative to.</param>
    /// <param name="path">With a NUL.</param>
    /// <param name="follow">Whether a link at its end is followed.</param>
    /// <param name="found">It, where there is no error.</param>
    public Errno Find(int directory, ReadOnlySpan<byte> path, bool follow, out Found found)
    {
        found = default;
        if (path.Length < 2)
            return Errno.ENOENT;
        if (call.State.IsPlainRoot)
        {
            Errno error = Open(directory, path, follow ? OpenFlags.Path : OpenFlags.PathOfLink, out Place place);
            if (error == Errno.None)
            {
                error = place.GetStatus(out FullStatus status);
                if (error == Errno.None && !call.Tree.IsServed(status, out _))
                {
                    (found.Place, found.Status) = (place, status);
                    return Errno.None;
                }
                place.Dispose();
            }
            else if (!MayLeadOn(error))
            {
                return error;
            }
        }
        return WalkTo(directory, path, follow, out found);
    }

    /// <summary>What is known of the file that a path leads to, as <see cref="Find"/> finds it. Most are found by one name in a directory, which is asked for in one go: what a single name means cannot lie elsewhere.</summary>
    public Errno FindStatus(int directory, ReadOnlySpan<byte> path, bool follow, out FullStatus status)
    {
        if (IsName(path))
        {
            Errno known = directory == GuestCall.CurrentDirectory ? StatusOfName(path, out status) : StatusOfName(directory, path, out status);
            if (known == Errno.None && !(follow && status.Type == FileType.SymbolicLink) && !call.Tree.IsServed(status, out _))
                return Errno.None;
        }
        Errno error = Find(directory, path, follow, out Found found);
        status = found.Status;
        if (error != Errno.None)
            return error;
        using (found)
            return found.Node is { } node ? ServedFiles.GetStatus(node, out status) : Errno.None;
    }

    private Errno StatusOfName(ReadOnlySpan<byte> name, out FullStatus status)
    {
        status = default;
        return call.State is { IsPlainRoot: true, WorkingDirectory: { IsServed: false } directory } ? directory.Place.GetStatus(name, out status) : Errno.EXDEV;
    }

    private Errno StatusOfName(int directory, ReadOnlySpan<byte> name, out FullStatus status)
    {
        status = default;
        GuestState state = call.Descriptors.StateOf(call.Caller.ThreadId, call.States.Changes) ?? call.State;
        return state.IsPlainRoot && !call.Served.HasStandIns ? call.Descriptors.GetStatusIn(call.Caller.ThreadId, directory, name, out status) : Errno.EXDEV;
    }

    /// <summary>Whether a path with its NUL is a single name that is looked up where it starts, and leads no way up.</summary>
    private static bool IsName(ReadOnlySpan<byte> path) =>
        path.Length <= UnixPath.LongestName + 1 && !path.Contains((byte)'/') && !path.SequenceEqual(".\0"u8) && !path.SequenceEqual("..\0"u8);

    /// <summary>Opens what is there as a place, in one go; what <see cref="MayLeadOn"/> says of the error decides whether to look otherwise.</summary>
    public Errno Open(int directory, ReadOnlySpan<byte> path, OpenFlags flags, out Place file)
    {
        file = default;
        if (path[0] == '/')
        {
            Errno found = call.State.Root.Place.Open(path, flags, 0, InRoot, out file);
            if (found == Errno.ENOENT && call.IsAtRoot)
                call.Names.Learn(path, found);
            return found;
        }
        if (directory == GuestCall.CurrentDirectory)
            return call.State.WorkingDirectory.IsServed ? Errno.EXDEV : call.State.WorkingDirectory.Place.Open(path, flags, 0, Beneath, out file);
        Errno error;
        if (flags.NoFollow && !call.Served.HasStandIns && IsName(path))
        {
            error = call.Descriptors.OpenIn(call.Caller.ThreadId, directory, path, flags, out file);
            if (error is not (Errno.ENOENT or Errno.ELOOP))
                return error;
        }
        error = OpenBase(directory, out Place from, out bool served);
        using (from)
            return error != Errno.None ? error : served ? Errno.EXDEV : from.Open(path, flags, 0, Beneath, out file);
    }

    /// <summary>Whether the kernel's lookup has ended at the border of the tree: at what nobody may search, at `..` or a link that leads out of the directory, or in a race with a rename.</summary>
    public static bool MayLeadOn(Errno error) => error is Errno.EACCES or Errno.EXDEV or Errno.EAGAIN;

    /// <summary>The directory of a path's last name, and that name with a NUL in the buffer of the first or the second path.</summary>
    /// <param name="directory">The descriptor that it is relative to.</param>
    /// <param name="path">With a NUL.</param>
    /// <param name="second">Whether it is the second path of a call.</param>
    /// <param name="parent">The directory.</param>
    /// <param name="name">The name with a NUL. It is neither `.` nor `..`.</param>
    public Errno FindParent(int directory, ReadOnlySpan<byte> path, bool second, out FoundParent parent, out ReadOnlySpan<byte> name)
    {
        parent = default;
        name = default;
        if (path.Length < 2)
            return Errno.ENOENT;
        byte[] buffer = second ? _secondName : _name;
        ReadOnlySpan<byte> trimmed = path[..^1].TrimEnd((byte)'/');
        parent.WantsDirectory = trimmed.Length < path.Length - 1;
        int slash = trimmed.LastIndexOf((byte)'/');
        ReadOnlySpan<byte> last = trimmed[(slash + 1)..];
        if (last.Length > UnixPath.LongestName)
            return Errno.ENAMETOOLONG;
        last.CopyTo(buffer);
        buffer[last.Length] = 0;
        name = buffer.AsSpan(0, last.Length + 1);
        bool isName = !last.IsEmpty && last is not [(byte)'.'] and not [(byte)'.', (byte)'.'];
        bool wants = parent.WantsDirectory;
        Errno error = OpenParent(directory, trimmed[..(slash + 1)], out parent);
        parent.WantsDirectory = wants;
        if (error == Errno.None && !isName)
        {
            parent.Dispose();
            return Errno.EEXIST; // what callers make of a name that is always there
        }
        return error;
    }

    /// <summary>What the caller has open under a number; a served directory is told apart.</summary>
    public Errno OpenBase(int descriptor, out Place place, out bool served)
    {
        served = false;
        Errno error = call.Descriptors.Open(call.Caller.ThreadId, descriptor, out place);
        if (error == Errno.None && call.Served.HasStandIns && place.GetStatus(out FullStatus status) == Errno.None)
            served = call.Served.IsStandIn(status, out _);
        return error;
    }

    /// <param name="directory">The descriptor that it is relative to.</param>
    /// <param name="path">Of the directory: empty, or with a slash at its end.</param>
    /// <param name="parent">The directory.</param>
    private Errno OpenParent(int directory, ReadOnlySpan<byte> path, out FoundParent parent)
    {
        parent = default;
        if (path.IsEmpty && directory == GuestCall.CurrentDirectory && !call.State.WorkingDirectory.IsServed && call.State.IsPlainRoot)
        {
            parent.Place = call.State.WorkingDirectory.Place;
            return Errno.None;
        }
        path.CopyTo(_scratch);
        int length = path.Length;
        _scratch[length++] = (byte)'.';
        _scratch[length++] = 0;
        Errno error = Find(directory, _scratch.AsSpan(0, length), follow: true, out Found found);
        if (error != Errno.None)
            return error;
        if (found.Node is not null)
            return Errno.EPERM; // nothing can be made or removed in what is served
        if (found.Status.Type != FileType.Directory)
        {
            found.Dispose();
            return Errno.ENOTDIR;
        }
        if (!call.State.IsPlainRoot && !MaySearch(found.Status))
        {
            found.Dispose();
            return Errno.EACCES;
        }
        (parent.Place, parent.IsOwn) = (found.Place, true);
        return Errno.None;
    }

    private bool MaySearch(in FullStatus status)
    {
        Seen seen = call.Tree.See(status);
        return call.State.Credentials.MayAccess(seen.Uid, seen.Gid, seen.Mode, isDirectory: true, AccessWanted.Execute);
    }
}
