// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Supervision;

/// <summary>
/// Answers calls that name a path. One that stays in the step's tree is the kernel's affair, which is found out as cheaply as can be; one that leads
/// to what is served is carried out here, under the caller's ids.
/// </summary>
internal sealed partial class PathCalls(
    DirectoryHandle tree, DirectoryHandle processes, VirtualFiles files, ServedDevices devices, GuestPaths paths, StandIns standIns)
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const int LongestPath = 4096;
    private const PathResolve InTree = PathResolve.InRoot | PathResolve.NoMagicLinks;

    private readonly PathWalk _walk = new(tree, files);
    private readonly byte[] _absolute = new byte[2 * LongestPath];
    private readonly byte[] _text = new byte[LongestPath];
    private int _servedDescriptors;

    public void Answer(Caller caller)
    {
        var arguments = PathArguments.Of(caller.Call);
        ReadOnlySpan<byte> path = caller.ReadPath(arguments.Path);
        OpenFlags flags = FlagsOf(caller, out int mode);
        bool follow = (arguments.Follow && !flags.NoFollow) || (path.Length > 1 && path[^2] == '/'); // a slash at the end asks for what a link leads to
        // Nothing but a NUL: the call is about the descriptor itself.
        if (path.Length < 2)
        {
            caller.Continue();
            return;
        }
        ReadOnlySpan<byte> start = "/"u8;
        if (path[0] != '/')
        {
            start = paths.OfDirectory(caller, arguments.Directory < 0 ? CurrentDirectory : caller.Call.Number(arguments.Directory));
            if (start.IsEmpty || start.Length + path.Length >= LongestPath)
            {
                caller.Continue();
                return;
            }
        }
        if (StaysInTree(start, path, follow))
        {
            caller.Continue();
            return;
        }
        WalkResult result = _walk.Run(caller, UnixPath.Clean(start), path[..^1], follow);
        if (!result.Served)
            caller.Continue();
        else
            Answer(caller, result, flags, mode, follow);
    }

    /// <summary>A path without any link is what it says. Otherwise the kernel follows the links, and what it finds says where it is.</summary>
    private bool StaysInTree(ReadOnlySpan<byte> start, ReadOnlySpan<byte> path, bool follow)
    {
        Span<byte> absolute = _absolute;
        int length = 0;
        if (path[0] != '/')
        {
            start.CopyTo(absolute);
            length = start.Length;
            absolute[length++] = (byte)'/';
        }
        path.CopyTo(absolute[length..]);
        absolute = absolute[..(length + path.Length)];
        ReadOnlySpan<byte> relative = absolute.TrimStart((byte)'/');
        if (relative.Length < 2)
            return true;
        if (LooksServed(relative))
            return false;
        OpenFlags flags = follow ? OpenFlags.Path : OpenFlags.PathOfLink;
        if (relative.IndexOf(".."u8) < 0)
        {
            Errno error = AnsweredFile.Open(tree, relative, flags, 0, PathResolve.Beneath | PathResolve.NoLinks, out SafeFileHandle? plain);
            plain?.Dispose();
            if (error != Errno.ELOOP)
                return true;
        }
        AnsweredFile.Open(tree, relative, flags, 0, InTree, out SafeFileHandle? found);
        if (found is null)
            return false;
        using (found)
        {
            byte[] link = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"self/fd/{found.DangerousGetHandle()}\0"));
            return AnsweredFile.ReadLink(processes, link, _text, out int count) == Errno.None
                && paths.Strip(_text.AsSpan(0, count)) is { IsEmpty: false } real && !LooksServed([.. real[1..], 0]);
        }
    }

    /// <param name="path">From the root, without the slash before it, and with a NUL.</param>
    private bool LooksServed(ReadOnlySpan<byte> path)
    {
        while (path.StartsWith("./"u8))
            path = path[2..].TrimStart((byte)'/');
        return files.MayServe(path[0]) && files.Serves(UnixPath.Clean(path[..^1]));
    }

    internal static OpenFlags FlagsOf(Caller caller, out int mode)
    {
        mode = 0;
        switch (caller.Call.Call)
        {
            case SystemCall.open:
                mode = caller.Call.Number(2);
                return new OpenFlags(caller.Call.Number(1));
            case SystemCall.creat:
                return OpenFlags.OfCreat;
            case SystemCall.openat:
                mode = caller.Call.Number(3);
                return new OpenFlags(caller.Call.Number(2));
            case SystemCall.openat2:
                Span<byte> how = stackalloc byte[16]; // struct open_how: flags, mode
                if (!caller.TryRead(caller.Call.Pointer(2), how))
                    return default;
                mode = BitConverter.ToInt32(how[8..]);
                return new OpenFlags(BitConverter.ToInt32(how));
            default:
                return default;
        }
    }

    private void Answer(Caller caller, WalkResult result, OpenFlags flags, int mode, bool follow)
    {
        if (result.Node is { Kind: VirtualKind.Missing })
        {
            caller.Fail(Errno.ENOENT);
            return;
        }
        switch (caller.Call.Call)
        {
            case SystemCall.open or SystemCall.openat or SystemCall.openat2:
                Open(caller, result, flags, mode);
                break;
            case SystemCall.stat or SystemCall.lstat:
                Stat(caller, result, follow, caller.Call.Pointer(1));
                break;
            case SystemCall.newfstatat:
                Stat(caller, result, follow, caller.Call.Pointer(2));
                break;
            case SystemCall.statx:
                Statx(caller, result, follow);
                break;
            case SystemCall.readlink:
                ReadLink(caller, result, caller.Call.Pointer(1), caller.Call.Number(2));
                break;
            case SystemCall.readlinkat:
                ReadLink(caller, result, caller.Call.Pointer(2), caller.Call.Number(3));
                break;
            case SystemCall.access:
                Access(caller, result, caller.Call.Number(1));
                break;
            case SystemCall.faccessat or SystemCall.faccessat2:
                Access(caller, result, caller.Call.Number(2));
                break;
            case SystemCall.getxattr or SystemCall.lgetxattr or SystemCall.listxattr or SystemCall.llistxattr:
                caller.Fail(Errno.EOPNOTSUPP); // procfs and sysfs have none worth a look
                break;
            case SystemCall.statfs:
                FileSystem(caller, result);
                break;
            case SystemCall.chdir:
                ChangeDirectory(caller, result);
                break;
            case SystemCall.execve:
                Execute(caller, result);
                break;
            default:
                Change(caller, result);
                break;
        }
    }

    private void Open(Caller caller, WalkResult result, OpenFlags flags, int mode)
    {
        SafeFileHandle? opened = null;
        bool isDirectory = false;
        Errno error;
        switch (result.Node)
        {
            case null:
                int allowed = mode & ~(caller.Status?.FileCreationMask ?? 0);
                error = caller.AsUser(() => AnsweredFile.Open(tree, GuestPaths.ForCall(result.Path), flags.NonBlocking, allowed, InTree, out opened));
                break;
            case { Kind: VirtualKind.Directory } node:
                isDirectory = true;
                error = standIns.Open(caller, result.Path, node, flags, out opened);
                break;
            case { Kind: VirtualKind.File } node:
                error = flags.WantsDirectory ? Errno.ENOTDIR : flags.Writes && !node.MayBeWritten ? Errno.EROFS
                    : caller.AsUser(() => AnsweredFile.Open(
                        node.Base!, node.Real, flags.WithoutCreation.NonBlocking, 0, PathResolve.Beneath | PathResolve.NoLinks | PathResolve.NoMagicLinks, out opened));
                if (opened is not null)
                    devices.Remember(node, opened);
                break;
            case { Kind: VirtualKind.Descriptor } node when !flags.NoFollow:
                error = caller.AsUser(() => AnsweredFile.Open(node.Base!, node.Real, flags.WithoutCreation.NonBlocking, 0, PathResolve.Anywhere, out opened));
                break;
            case { Kind: VirtualKind.Memory } node:
                error = flags.WantsDirectory ? Errno.ENOTDIR : flags.Writes ? Errno.EROFS
                    : caller.AsUser(() => AnsweredFile.Open(node.Base!, node.Real, flags.WithoutCreation.Following.NonBlocking, 0, PathResolve.Anywhere, out opened));
                break;
            case { Kind: VirtualKind.Generated } node:
                error = flags.Writes ? Errno.EACCES : Errno.None;
                opened = flags.Writes ? null : Descriptor.InMemory("mounts"u8, node.Content);
                break;
            case { Kind: VirtualKind.Sealed }:
                error = Errno.EACCES;
                break;
            default:
                error = Errno.ELOOP;
                break;
        }
        if (opened is null)
        {
            caller.Fail(error);
            return;
        }
        using (opened)
        {
            if (!flags.IsNonBlocking && !flags.IsPath && !isDirectory)
                AnsweredFile.MakeBlocking(opened, flags);
            // A process that ended meanwhile may have left its number to one that is not the step's.
            if (result.Node is not null && files.Find(caller, result.Path).Kind != result.Node.Kind)
                caller.Fail(Errno.ESRCH);
            else
                Return(caller, opened, flags.IsCloseOnExecute, isDirectory);
        }
    }

    /// <summary>A directory that is served gets a number by which the filter knows it, where the caller's limit has room for one.</summary>
    private void Return(Caller caller, SafeFileHandle opened, bool closeOnExecute, bool isServed)
    {
        Errno? error;
        if (isServed && FindFreeNumber(caller) is { } number && caller.Listener.TryReturnDescriptor(caller.Call, opened, closeOnExecute, number, out error))
            return;
        if (!caller.Listener.TryReturnDescriptor(caller.Call, opened, closeOnExecute, null, out error))
            caller.Fail(error.Value);
    }

    private int? FindFreeNumber(Caller caller)
    {
        const int numbers = 4096;
        for (int tries = 0; tries < 16; tries++)
        {
            int number = SupervisedCalls.FirstServedDescriptor + (_servedDescriptors++ % numbers);
            byte[] link = caller.OwnPath(string.Create(CultureInfo.InvariantCulture, $"fd/{number}"));
            if (caller.AsUser(() => AnsweredFile.FindType(processes, link, PathResolve.Beneath, out _)) == Errno.ENOENT)
                return number;
        }
        return null;
    }

    /// <summary>The process whose directory of `/proc` is open under a number; null where it is something else.</summary>
    public int? FindProcess(Caller caller, int descriptor) =>
        Encoding.ASCII.GetString(paths.OfDirectory(caller, descriptor)).Split('/') is ["", "proc", var id] && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int process) ? process : null;

    /// <summary>dup(2) and fcntl(2) of a directory that is served: another handle of it, with such a number too.</summary>
    public void Duplicate(Caller caller)
    {
        int descriptor = caller.Call.Number(0);
        const int closeOnExecute = 1030; // F_DUPFD_CLOEXEC
        ReadOnlySpan<byte> path = paths.OfDirectory(caller, descriptor);
        if (path.IsEmpty || !LooksServed([.. path.TrimStart((byte)'/'), 0])
            || AnsweredFile.Open(tree, [.. path.TrimStart((byte)'/'), 0], OpenFlags.Directory, 0, PathResolve.Beneath | PathResolve.NoLinks, out SafeFileHandle? again) != Errno.None)
        {
            caller.Continue();
            return;
        }
        using (again)
            Return(caller, again!, caller.Call.Call == SystemCall.fcntl && caller.Call.Number(1) == closeOnExecute, isServed: true);
    }
}
