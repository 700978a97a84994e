// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.Paths;

namespace Kiln.Sandbox.Guest.Calls;

/// <summary>The part of <see cref="OpenCalls"/> that may make a file: O_CREAT and O_TMPFILE of open(2). No error where the call is answered.</summary>
internal static class CreatingOpens
{
    private const int ModeMask = 0xFFF;
    private const int LongestPath = 4096;
    private const int MostLinks = 40;

    internal static Errno Open(GuestCall call, int directory, ReadOnlySpan<byte> path, OpenFlags flags, int mode)
    {
        if (flags.WantsDirectory)
            return Errno.EINVAL;
        if (flags.IsExclusive)
            return Create(call, directory, path, flags, mode);
        if (path[^2] == '/')
            return FindParentError(call, directory, path);
        Errno error = OpenCalls.OpenExisting(call, directory, path, flags);
        return error == Errno.ENOENT ? CreateOrOpen(call, directory, path, flags, mode)
            : error == Errno.ELOOP && !flags.NoFollow && LeadsToSlash(call, directory, path) ? Errno.EISDIR
            : error;
    }

    /// <summary>A file without a name, O_TMPFILE.</summary>
    internal static Errno OpenTemporary(GuestCall call, int directory, ReadOnlySpan<byte> path, OpenFlags flags, int mode)
    {
        Errno error = call.Lookup.Find(directory, path, follow: true, out Found found);
        if (error != Errno.None)
            return error;
        using (found)
        {
            if (found.Node is not null)
                return Errno.EOPNOTSUPP;
            if (found.Status.Type != FileType.Directory)
                return Errno.ENOTDIR;
            error = NewFile.Prepare(call, found.Place, out NewFile made);
            if (error != Errno.None)
                return error;
            int wanted = made.ModeOf(call, mode & ModeMask, isDirectory: false);
            error = found.Place.Open(".\0"u8, flags, InodeRecord.ModeOnDisk(FileType.File, wanted), PathResolve.Beneath | PathResolve.NoLinks, out Place file);
            if (error != Errno.None)
                return error;
            using (file)
            {
                error = made.Record(call, file, FileType.File, wanted);
                return error == Errno.None ? OpenCalls.Give(call, file, flags) : error;
            }
        }
    }

    /// <summary>A link to a name with a slash is not followed any further by who would make that: not even round and round.</summary>
    private static bool LeadsToSlash(GuestCall call, int directory, ReadOnlySpan<byte> path)
    {
        if (call.Lookup.Find(directory, path, follow: false, out Found link) != Errno.None)
            return false;
        using (link)
        {
            byte[] target = new byte[LongestPath];
            return link.Node is null && link.Place.ReadLink(target, out int length) == Errno.None && length > 0 && target[length - 1] == '/';
        }
    }

    /// <summary>A name with a slash is a directory's, which is not made by opening; the way to it is looked at before.</summary>
    private static Errno FindParentError(GuestCall call, int directory, ReadOnlySpan<byte> path)
    {
        Errno error = call.Lookup.FindParent(directory, path, second: false, out FoundParent parent, out _);
        parent.Dispose();
        return error is Errno.None or Errno.EEXIST ? Errno.EISDIR : error;
    }

    /// <summary>What is not there is made; what somebody else has made meanwhile is opened. A link that leads nowhere yet is followed by its text.</summary>
    private static Errno CreateOrOpen(GuestCall call, int directory, ReadOnlySpan<byte> path, OpenFlags flags, int mode)
    {
        byte[] text = path.ToArray();
        for (int tries = 0; tries < MostLinks; tries++)
        {
            Errno error = Create(call, directory, text, flags, mode);
            if (error != Errno.EEXIST || text[^2] == '/')
                return error == Errno.EEXIST ? Errno.EISDIR : error;
            error = OpenCalls.OpenExisting(call, directory, text, flags);
            if (error != Errno.ENOENT)
                return error;
            if (flags.NoFollow)
                return Errno.ELOOP;
            error = call.Lookup.Find(directory, text, follow: false, out Found link);
            using (link)
            {
                byte[] target = new byte[LongestPath];
                int length = 0;
                if (error == Errno.None)
                    error = link.Node is null ? link.Place.ReadLink(target, out length) : Errno.ENOENT;
                if (error == Errno.ENOENT)
                    continue; // it is gone again
                if (error != Errno.None)
                    return error;
                int slash = target[0] == '/' ? -1 : Array.LastIndexOf(text, (byte)'/');
                if (slash + 1 + length >= LongestPath)
                    return Errno.ENAMETOOLONG;
                text = [.. text.AsSpan(0, slash + 1), .. target.AsSpan(0, length), 0];
            }
        }
        return Errno.ELOOP;
    }

    private static Errno Create(GuestCall call, int directory, ReadOnlySpan<byte> path, OpenFlags flags, int mode)
    {
        Errno error = call.Lookup.FindParent(directory, path, second: false, out FoundParent parent, out ReadOnlySpan<byte> name);
        if (error != Errno.None)
            return error;
        using (parent)
        {
            if (parent.WantsDirectory)
                return Errno.EISDIR;
            error = NewFile.Prepare(call, parent.Place, out NewFile made);
            if (error == Errno.EACCES && parent.Place.GetStatus(name, out _) == Errno.None)
                error = Errno.EEXIST;
            if (error != Errno.None)
                return error;
            if (!call.IsWaiting)
                return Errno.ESRCH;
            int wanted = made.ModeOf(call, mode & ModeMask, isDirectory: false);
            call.Shortcuts.Memory.SetMaking(true);
            error = parent.Place.Open(name, flags.Exclusively, InodeRecord.ModeOnDisk(FileType.File, wanted), PathResolve.Beneath | PathResolve.NoLinks, out Place file);
            Errno recorded = error == Errno.None ? made.Record(call, file, FileType.File, wanted) : error;
            call.Names.Forget(made.DirectoryInode, name);
            call.Shortcuts.Memory.SetMaking(false);
            if (error != Errno.None)
                return error;
            using (file)
            {
                error = recorded;
                return error == Errno.None ? OpenCalls.Give(call, file, flags) : error;
            }
        }
    }
}
