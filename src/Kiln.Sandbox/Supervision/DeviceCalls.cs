// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;

namespace Kiln.Sandbox.Supervision;

/// <summary>
/// Answers mknod(2) for device nodes: root's gets an empty file that says which device it stands for (<see cref="DeviceMark"/>), and the layer gets the device. The step itself cannot use it, as
/// it could not in a container that grants no devices.
/// </summary>
internal sealed class DeviceCalls(DirectoryHandle processes, GuestPaths paths)
{
    private const int FileTypeMask = 0xF000;
    private const int ModeMask = 0xFFF;
    private const int CurrentDirectory = -100; // AT_FDCWD

    /// <summary>Whether a call of mknod(2) asks for a device.</summary>
    public static bool IsDevice(in TrappedCall call) =>
        (FileType)(call.Number(call.Call == SystemCall.mknodat ? 2 : 1) & FileTypeMask) is FileType.CharacterDevice or FileType.BlockDevice;

    public void Answer(Caller caller)
    {
        bool relative = caller.Call.Call == SystemCall.mknodat;
        int first = relative ? 1 : 0;
        ReadOnlySpan<byte> path = caller.ReadPath(first);
        if (path.Length < 2 || caller.Status is not { FileUid: 0 } status)
        {
            caller.Continue(); // which the kernel refuses, in its own words
            return;
        }
        int mode = caller.Call.Number(first + 1);
        var mark = DeviceMark.Create((FileType)(mode & FileTypeMask), DeviceNumber.Unpack((uint)caller.Call.Number(first + 2)));
        caller.Return(Make(caller, path[..^1], relative ? caller.Call.Number(0) : CurrentDirectory, mode & ModeMask & ~status.FileCreationMask, status, mark));
    }

    private Errno Make(Caller caller, ReadOnlySpan<byte> path, int directory, int mode, ProcessStatus status, ExtendedAttribute mark)
    {
        ReadOnlySpan<byte> trimmed = path.TrimEnd((byte)'/');
        int slash = trimmed.LastIndexOf((byte)'/');
        ReadOnlySpan<byte> name = trimmed[(slash + 1)..];
        if (name.IsEmpty || name is [(byte)'.'] or [(byte)'.', (byte)'.'])
            return Errno.EEXIST;
        ReadOnlySpan<byte> from = path[0] == '/' ? "/"u8 : paths.OfDirectory(caller, directory);
        if (from.IsEmpty)
            return Errno.ENOENT;
        byte[] parent = [.. from, (byte)'/', .. trimmed[..(slash + 1)], (byte)'.', 0];
        Errno error = AnsweredFile.OpenDirectory(processes, caller.OwnPath("root"), PathResolve.Anywhere, out DirectoryHandle? root);
        if (root is null)
            return error;
        using (root)
        {
            error = AnsweredFile.OpenDirectory(root, parent, PathResolve.InRoot | PathResolve.NoMagicLinks, out DirectoryHandle? place);
            if (place is null)
                return error;
            using (place)
                return caller.Listener.IsWaiting(caller.Call) ? AnsweredFile.MakeDeviceMark(place, name, mode, (status.FileUid, status.FileGid), mark) : Errno.ESRCH;
        }
    }
}
