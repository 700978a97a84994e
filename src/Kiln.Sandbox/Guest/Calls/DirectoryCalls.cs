// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.Identity;
using Kiln.Sandbox.Guest.Paths;
using Kiln.Sandbox.Guest.State;
using Kiln.Sandbox.Supervision;

namespace Kiln.Sandbox.Guest.Calls;

/// <summary>Answers where a process is: chdir(2), fchdir(2), chroot(2), getcwd(2), and umask(2), which all are its state's. The kernel's own working directory of it stays what it was at first.</summary>
internal static class DirectoryCalls
{
    private const int LongestPath = 4096;
    private const int Permissions = 0x1FF;

    public static void Answer(GuestCall call)
    {
        switch (call.Arguments.Call)
        {
            case SystemCall.getcwd:
                GetWorkingDirectory(call);
                break;
            case SystemCall.umask:
                int before = call.State.CreationMask;
                _ = call.States.Set(call.Caller, call.State with { CreationMask = call.Arguments.Number(0) & Permissions });
                call.Caller.ReturnValue(before);
                break;
            case SystemCall.fchdir:
                call.Caller.Return(ChangeTo(call, call.Arguments.Number(0)));
                break;
            default:
                call.Caller.Return(Change(call, isRoot: call.Arguments.Call == SystemCall.chroot));
                break;
        }
    }

    private static Errno Change(GuestCall call, bool isRoot)
    {
        Errno error = call.ReadPath(0, out ReadOnlySpan<byte> path);
        if (error == Errno.None)
            error = call.Lookup.Find(GuestCall.CurrentDirectory, path, follow: true, out Found found) is not Errno.None and var failure ? failure : Enter(call, found, isRoot);
        return error;
    }

    private static Errno ChangeTo(GuestCall call, int descriptor)
    {
        var found = default(Found);
        Errno error = call.Lookup.OpenBase(descriptor, out found.Place, out _);
        if (error != Errno.None)
            return error;
        error = found.Place.GetStatus(out found.Status);
        if (error != Errno.None)
        {
            found.Dispose();
            return error;
        }
        if (call.Served.IsStandIn(found.Status, out UnixPath path))
        {
            found.Dispose();
            found = new Found { Path = path, Node = call.Served.Find(call, path) };
        }
        return Enter(call, found, isRoot: false);
    }

    /// <summary>The place is taken over, or closed.</summary>
    private static Errno Enter(GuestCall call, Found found, bool isRoot)
    {
        GuestDirectory directory;
        if (found.Node is { } node)
        {
            if (node.Kind != VirtualKind.Directory || isRoot)
                return node.Kind == VirtualKind.Missing ? Errno.ENOENT : isRoot ? Errno.EPERM : Errno.ENOTDIR;
            directory = call.States.ServedDirectory(found.Path);
        }
        else
        {
            Seen seen = call.Tree.See(found.Status);
            Errno error = !seen.IsDirectory ? Errno.ENOTDIR
                : !call.State.Credentials.MayAccess(seen.Uid, seen.Gid, seen.Mode, isDirectory: true, AccessWanted.Execute) ? Errno.EACCES
                : isRoot && !call.State.Credentials.MayChangeRoot ? Errno.EPERM
                : Errno.None;
            if (error != Errno.None)
            {
                found.Dispose();
                return error;
            }
            directory = call.States.DirectoryAt(found.Place, found.Status.Inode);
        }
        return call.States.Set(call.Caller, isRoot ? call.State with { Root = directory } : call.State with { WorkingDirectory = directory });
    }

    private static void GetWorkingDirectory(GuestCall call)
    {
        Span<byte> path = stackalloc byte[LongestPath + 1];
        int length = PathOf(call, path);
        if (length == 0)
            call.Caller.Fail(Errno.ENOENT);
        else if ((ulong)length + 1 > call.Arguments.Pointer(1))
            call.Caller.Fail(Errno.ERANGE);
        else
            call.Caller.ReturnBytes(call.Arguments.Pointer(0), path[..(length + 1)], length + 1);
    }

    /// <summary>As seen from the process's root, with a NUL after it; 0 where it is gone.</summary>
    private static int PathOf(GuestCall call, Span<byte> path)
    {
        GuestDirectory directory = call.State.WorkingDirectory;
        path.Clear();
        if (directory.IsServed)
        {
            path[0] = (byte)'/';
            directory.Served.Bytes.CopyTo(path[1..]);
            return directory.Served.Bytes.Length + 1;
        }
        if (directory.Place.GetStatus(out FullStatus status) != Errno.None || status.LinkCount == 0)
            return 0;
        int length = call.Served.PathOf(directory.Place, path[..LongestPath]);
        if (call.State.Root.Inode == call.Tree.RootInode)
            return length;
        Span<byte> root = stackalloc byte[LongestPath];
        int rootLength = call.Served.PathOf(call.State.Root.Place, root);
        if (length < rootLength || !path[..rootLength].SequenceEqual(root[..rootLength]))
            return 0; // outside its own root
        path[rootLength..length].CopyTo(path);
        length -= rootLength;
        path[length..].Clear();
        if (length == 0)
            path[length++] = (byte)'/';
        return length;
    }
}
