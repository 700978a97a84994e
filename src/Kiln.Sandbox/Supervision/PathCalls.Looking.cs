// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Supervision;

/// <content>What is there: stat, statx, readlink and access; and the few calls that change something behind a descriptor's path.</content>
internal sealed partial class PathCalls
{
    private void Stat(Caller caller, WalkResult result, bool follow, ulong address)
    {
        byte[] status = new byte[AnsweredFile.StatSize];
        Errno error = Look(caller, result, follow, file => AnsweredFile.Stat(file, status), (from, path, through) => AnsweredFile.Stat(from, path, through, status));
        Give(caller, error, address, status);
    }

    private void Statx(Caller caller, WalkResult result, bool follow)
    {
        byte[] status = new byte[AnsweredFile.StatxSize];
        uint mask = (uint)caller.Call.Number(3);
        Errno error = Look(
            caller, result, follow, file => AnsweredFile.Statx(file, mask, status), (from, path, through) => AnsweredFile.Statx(from, path, through, mask, status));
        Give(caller, error, caller.Call.Pointer(4), status);
    }

    private static void Give(Caller caller, Errno error, ulong address, byte[] status)
    {
        if (error == Errno.None)
            caller.ReturnBytes(address, status, 0);
        else
            caller.Fail(error);
    }

    /// <summary>Looks at a directory's stand-in, at what lies in the tree by a handle, and at everything else where it really is.</summary>
    private Errno Look(Caller caller, WalkResult result, bool follow, Func<SafeFileHandle, Errno> atHandle, Func<DirectoryHandle, byte[], bool, Errno> at)
    {
        if (result.Node is { Kind: not VirtualKind.Directory, Base: { } from } node)
            return caller.AsUser(() => at(from, node.Real, node.Kind == VirtualKind.Memory || (follow && node.Kind == VirtualKind.Descriptor)));
        if (result.Node is not null)
            standIns.Ensure(result.Path);
        return caller.AsUser(() =>
        {
            Errno error = AnsweredFile.Open(tree, GuestPaths.ForCall(result.Path), follow ? OpenFlags.Path : OpenFlags.PathOfLink, 0, InTree, out SafeFileHandle? file);
            if (file is null)
                return error;
            using (file)
                return atHandle(file);
        });
    }

    private void ReadLink(Caller caller, WalkResult result, ulong address, int size)
    {
        byte[] text = new byte[LongestPath];
        int length = 0;
        Errno error;
        switch (result.Node)
        {
            case { Kind: VirtualKind.Link } link:
                (text, length, error) = (link.Content, link.Content.Length, Errno.None);
                break;
            case { Kind: VirtualKind.Descriptor or VirtualKind.Sealed } node:
                error = caller.AsUser(() => AnsweredFile.ReadLink(node.Base!, node.Real, text, out length));
                if (error == Errno.None && paths.Strip(text.AsSpan(0, length)) is { IsEmpty: false } inside)
                    (text, length) = (inside.ToArray(), inside.Length);
                break;
            case null:
                error = Look(caller, result, follow: false, file => AnsweredFile.ReadLink(file, text, out length), (_, _, _) => Errno.EINVAL);
                break;
            default:
                error = Errno.EINVAL;
                break;
        }
        if (error != Errno.None)
            caller.Fail(error);
        else if (size <= 0)
            caller.Fail(Errno.EINVAL);
        else
            caller.ReturnBytes(address, text.AsSpan(0, Math.Min(length, size)), Math.Min(length, size));
    }

    private void Access(Caller caller, WalkResult result, int mode)
    {
        const int write = 2; // W_OK
        if (result.Node is { Kind: not VirtualKind.Descriptor and not VirtualKind.Directory, MayBeWritten: false } && (mode & write) != 0)
        {
            caller.Fail(Errno.EROFS);
            return;
        }
        caller.Return(result.Node is { Base: { } from } node
            ? caller.AsUser(() => AnsweredFile.Access(from, node.Real, mode, follow: node.Kind is VirtualKind.Descriptor or VirtualKind.Memory))
            : Look(caller, result, follow: true, file => AnsweredFile.Access(processes, OwnDescriptor(file), mode, follow: true), (_, _, _) => Errno.EACCES));
    }

    private static Errno FileSystemOf(DirectoryHandle from, byte[] real, byte[] buffer)
    {
        Errno error = AnsweredFile.Open(from, real, OpenFlags.Path, 0, PathResolve.Anywhere, out SafeFileHandle? file);
        if (file is null)
            return error;
        using (file)
            return Place.Of(file).GetFileSystem(buffer);
    }

    /// <summary>statfs(2), by which programs tell whether `/proc` is there.</summary>
    private void FileSystem(Caller caller, WalkResult result)
    {
        byte[] buffer = new byte[Place.FileSystemSize];
        Errno error = result.Node is { Base: { } from, Kind: not (VirtualKind.Descriptor or VirtualKind.Memory) } ? Place.Of(from).GetFileSystem(buffer)
            : Look(caller, result, follow: true, file => Place.Of(file).GetFileSystem(buffer), (from, real, _) => FileSystemOf(from, real, buffer));
        if (error == Errno.None)
            caller.ReturnBytes(caller.Call.Pointer(1), buffer, 0);
        else
            caller.Fail(error);
    }

    /// <summary>The kernel then finds the stand-in by the same path.</summary>
    private void ChangeDirectory(Caller caller, WalkResult result)
    {
        if (result.Node is { Kind: VirtualKind.Directory } node)
        {
            standIns.Fill(caller, result.Path, node);
            PutSelf(caller);
        }
        else if (result.Node is not null)
        {
            caller.Fail(Errno.ENOTDIR);
            return;
        }
        caller.Continue();
    }

    /// <summary>`/proc/self/exe` and descriptors: the kernel then finds a link to the program in the tree.</summary>
    private void Execute(Caller caller, WalkResult result)
    {
        if (result.Node is { Kind: VirtualKind.Descriptor } node && files.FindPathOf(caller, node) is { } program)
        {
            standIns.PutLink(result.Path, program);
            PutSelf(caller);
        }
        else if (result.Node is not null)
        {
            caller.Fail(Errno.EACCES);
            return;
        }
        caller.Continue();
    }

    private void PutSelf(Caller caller)
    {
        UnixPath self = UnixPath.Clean("proc/self");
        standIns.PutLink(self, files.Find(caller, self).Content);
    }

    /// <summary>Owner, mode, times and names of what a descriptor's path leads to; nothing else that is served can be changed so.</summary>
    private void Change(Caller caller, WalkResult result)
    {
        if (result.Node is null)
        {
            caller.Continue();
            return;
        }
        if (result.Node.Kind != VirtualKind.Descriptor)
        {
            caller.Fail(Errno.EPERM);
            return;
        }
        TrappedCall call = caller.Call;
        (DirectoryHandle from, byte[] path) = (result.Node.Base!, result.Node.Real);
        switch (call.Call)
        {
            case SystemCall.chmod:
                caller.Return(caller.AsUser(() => AnsweredFile.ChangeMode(from, path, call.Number(1))));
                break;
            case SystemCall.fchmodat or SystemCall.fchmodat2:
                caller.Return(caller.AsUser(() => AnsweredFile.ChangeMode(from, path, call.Number(2))));
                break;
            case SystemCall.chown:
                caller.Return(caller.AsUser(() => AnsweredFile.ChangeOwner(from, path, (uint)call.Number(1), (uint)call.Number(2))));
                break;
            case SystemCall.fchownat:
                caller.Return(caller.AsUser(() => AnsweredFile.ChangeOwner(from, path, (uint)call.Number(2), (uint)call.Number(3))));
                break;
            case SystemCall.utimensat:
                byte[] times = call.Pointer(2) == 0 ? [] : new byte[32]; // two timespecs
                if (times.Length > 0 && !caller.TryRead(call.Pointer(2), times))
                    caller.Fail(Errno.EFAULT);
                else
                    caller.Return(caller.AsUser(() => AnsweredFile.ChangeTimes(from, path, times)));
                break;
            default:
                caller.Return(Link(caller, from, path));
                break;
        }
    }

    /// <summary>How a file without a name (O_TMPFILE) gets one, open(2).</summary>
    private Errno Link(Caller caller, DirectoryHandle from, byte[] magicLink)
    {
        byte[] target = caller.ReadPath(3).ToArray();
        if (target.Length < 2)
            return Errno.ENOENT;
        UnixPath start = target[0] == '/' ? UnixPath.Root : UnixPath.Clean(paths.OfDirectory(caller, caller.Call.Number(2)));
        WalkResult place = _walk.Run(caller, start, target.AsSpan(..^1), follow: false);
        if (place.Node is not null || place.Path.IsRoot)
            return Errno.EXDEV;
        return caller.AsUser(() =>
        {
            Errno error = AnsweredFile.OpenDirectory(tree, [.. place.Path.Parent.Bytes, (byte)'/', (byte)'.', 0], InTree, out DirectoryHandle? parent);
            if (parent is null)
                return error;
            using (parent)
                return AnsweredFile.Link(from, magicLink, parent, place.Path.Name);
        });
    }

    private static byte[] OwnDescriptor(SafeFileHandle file) =>
        System.Text.Encoding.ASCII.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"self/fd/{file.DangerousGetHandle()}\0"));
}
