// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.Identity;
using Kiln.Sandbox.Guest.Paths;

namespace Kiln.Sandbox.Guest.Calls;

/// <summary>
/// Answers for extended attributes, xattr(7). A user's are the disk's; file capabilities are recorded. Access lists are not supported, as they are on no file system without them: they would change what the builder may
/// do with its own files.
/// </summary>
internal static class AttributeCalls
{
    private const int LongestName = 256, LongestValue = 65536; // XATTR_NAME_MAX with a NUL, XATTR_SIZE_MAX
    private const int EmptyPath = 0x1000; // AT_EMPTY_PATH
    private const int NoFollow = 0x100;   // AT_SYMLINK_NOFOLLOW
    private const int CreateOnly = 1, ReplaceOnly = 2; // XATTR_CREATE, XATTR_REPLACE
    private const int ArgumentsSize = 16; // struct xattr_args: value, size, flags

    private static ReadOnlySpan<byte> FileCapabilityName => "security.capability"u8;

    private enum Form
    {
        Path,
        Link,
        Descriptor,
        At,
    }

    public static void Answer(GuestCall call)
    {
        SystemCall name = call.Arguments.Call!.Value;
        Form form = name switch
        {
            SystemCall.lsetxattr or SystemCall.lgetxattr or SystemCall.llistxattr or SystemCall.lremovexattr => Form.Link,
            SystemCall.fsetxattr or SystemCall.fgetxattr or SystemCall.flistxattr or SystemCall.fremovexattr => Form.Descriptor,
            SystemCall.setxattrat or SystemCall.getxattrat or SystemCall.listxattrat or SystemCall.removexattrat => Form.At,
            _ => Form.Path,
        };
        Errno error = Find(call, form, out Found found);
        using (found)
        {
            if (error != Errno.None)
                call.Caller.Fail(error);
            else if (found.Node is not null)
                call.Caller.Fail(Errno.EOPNOTSUPP);
            else if (name is SystemCall.listxattr or SystemCall.llistxattr or SystemCall.flistxattr or SystemCall.listxattrat)
                List(call, found, form);
            else if (name is SystemCall.getxattr or SystemCall.lgetxattr or SystemCall.fgetxattr or SystemCall.getxattrat)
                Get(call, found, form);
            else
                call.Caller.Return(Change(call, found, form, isRemoval: name is SystemCall.removexattr or SystemCall.lremovexattr or SystemCall.fremovexattr or SystemCall.removexattrat));
        }
    }

    private static Errno Find(GuestCall call, Form form, out Found found)
    {
        found = default;
        TrappedCall arguments = call.Arguments;
        if (form == Form.Descriptor)
            return OfDescriptor(call, arguments.Number(0), out found);
        int flags = form == Form.At ? arguments.Number(2) : 0;
        if ((flags & ~(EmptyPath | NoFollow)) != 0)
            return Errno.EINVAL;
        Errno error = call.ReadPath(form == Form.At ? 1 : 0, out ReadOnlySpan<byte> path);
        if (error != Errno.None)
            return error;
        int directory = form == Form.At ? arguments.Number(0) : GuestCall.CurrentDirectory;
        if (path.Length < 2)
            return (flags & EmptyPath) != 0 ? OfDescriptor(call, directory, out found) : Errno.ENOENT;
        return call.Lookup.Find(directory, path, form != Form.Link && (flags & NoFollow) == 0, out found);
    }

    private static Errno OfDescriptor(GuestCall call, int descriptor, out Found found)
    {
        found = default;
        if (descriptor == GuestCall.CurrentDirectory)
            return Errno.EOPNOTSUPP;
        Errno error = call.Lookup.OpenBase(descriptor, out found.Place, out bool served);
        return error != Errno.None ? error : served ? Errno.EOPNOTSUPP : found.Place.GetStatus(out found.Status);
    }

    private static void List(GuestCall call, in Found found, Form form)
    {
        (int at, int size) = form == Form.At ? (3, 4) : (1, 2);
        byte[] names = new byte[LongestValue];
        Errno error = found.Place.ListAttributes(names, out int length);
        if (error == Errno.EOPNOTSUPP)
            (error, length) = (Errno.None, 0);
        if (error != Errno.None)
        {
            call.Caller.Fail(error);
            return;
        }
        length = WithoutAccessLists(names.AsSpan(0, length));
        if (RecordOf(call, found.Status)?.Capabilities.IsEmpty == false)
        {
            FileCapabilityName.CopyTo(names.AsSpan(length));
            length += FileCapabilityName.Length;
            names[length++] = 0;
        }
        Give(call, names.AsSpan(0, length), call.Arguments.Pointer(at), call.Arguments.Pointer(size));
    }

    private static int WithoutAccessLists(Span<byte> names)
    {
        int kept = 0;
        for (int at = 0; at < names.Length;)
        {
            int length = names[at..].IndexOf((byte)0) + 1;
            Span<byte> name = names.Slice(at, length);
            at += length;
            if (name.StartsWith("system.posix_acl_"u8) || name[..^1].SequenceEqual(FileCapabilityName))
                continue;
            name.CopyTo(names[kept..]);
            kept += length;
        }
        return kept;
    }

    private static void Get(GuestCall call, in Found found, Form form)
    {
        Errno error = ReadName(call, form, out byte[] name);
        ulong address = call.Arguments.Pointer(form == Form.At ? 0 : 2), size = call.Arguments.Pointer(3);
        if (error == Errno.None && form == Form.At)
            error = ReadArguments(call, out address, out size, out _);
        byte[] value = [];
        if (error == Errno.None)
            error = Get(call, found, name, out value);
        if (error != Errno.None)
            call.Caller.Fail(error);
        else
            Give(call, value, address, size);
    }

    private static Errno Get(GuestCall call, in Found found, byte[] name, out byte[] value)
    {
        value = [];
        if (name.AsSpan(..^1).SequenceEqual(FileCapabilityName))
        {
            ReadOnlyMemory<byte> recorded = RecordOf(call, found.Status)?.Capabilities ?? default;
            value = recorded.ToArray();
            return recorded.IsEmpty ? Errno.ENODATA : Errno.None;
        }
        if (name.AsSpan().StartsWith("system."u8) || (name.AsSpan().StartsWith("trusted."u8) && !call.State.Credentials.MayAdminister))
            return name[0] == 's' ? Errno.EOPNOTSUPP : Errno.ENODATA;
        Errno error = Judge(call, found.Status, name, writes: false);
        if (error != Errno.None)
            return error;
        byte[] buffer = new byte[LongestValue];
        error = found.Place.GetAttribute(name, buffer, out int length);
        if (error == Errno.None)
            value = buffer[..length];
        return error;
    }

    private static Errno Change(GuestCall call, in Found found, Form form, bool isRemoval)
    {
        Errno error = ReadName(call, form, out byte[] name);
        byte[] value = [];
        int flags = 0;
        if (error == Errno.None && !isRemoval)
            error = ReadValue(call, form, out value, out flags);
        if (error != Errno.None)
            return error;
        if (call.Tree.IsReadOnly(found.Place))
            return Errno.EROFS;
        if (!call.IsWaiting)
            return Errno.ESRCH;
        ReadOnlySpan<byte> key = name.AsSpan(..^1);
        if (key.SequenceEqual(FileCapabilityName))
            return ChangeCapabilities(call, found.Status, value, flags, isRemoval);
        if (key.StartsWith("system."u8))
            return Errno.EOPNOTSUPP;
        error = Judge(call, found.Status, name, writes: true);
        if (error != Errno.None)
            return error;
        if (!key.StartsWith("user."u8))
            return Errno.EOPNOTSUPP;
        return isRemoval ? found.Place.RemoveAttribute(name) : found.Place.SetAttribute(name, value, flags);
    }

    private static Errno ChangeCapabilities(GuestCall call, in FullStatus status, byte[] value, int flags, bool isRemoval)
    {
        if (!call.State.Credentials.MaySetFileCapabilities)
            return Errno.EPERM;
        if (status.Type != FileType.File || status.FileSystem != call.Tree.FileSystem)
            return Errno.EOPNOTSUPP;
        InodeRecord before = RecordOf(call, status) ?? new InodeRecord(status.Type, status.Mode, 0, 0);
        bool has = !before.Capabilities.IsEmpty;
        if (isRemoval ? !has : (flags == ReplaceOnly && !has))
            return Errno.ENODATA;
        if (flags == CreateOnly && has)
            return Errno.EEXIST;
        if (!isRemoval && !FileCapabilities.IsWritable(value))
            return Errno.EINVAL;
        call.Tree.Records.Set(status.Inode, status.Mode, before with { Capabilities = value });
        return Errno.None;
    }

    private static InodeRecord? RecordOf(GuestCall call, in FullStatus status) => status.FileSystem == call.Tree.FileSystem ? call.Tree.Records.Find(status.Inode) : null;

    private static Errno Judge(GuestCall call, in FullStatus status, byte[] name, bool writes) =>
        call.Tree.See(status) is var seen ? call.State.Credentials.JudgeAttribute(name.AsSpan(..^1), writes, seen.Uid, seen.Gid, (int)seen.Type | seen.Mode) : default;

    private static Errno ReadName(GuestCall call, Form form, out byte[] name)
    {
        byte[] buffer = new byte[LongestName];
        name = [];
        if (!Kiln.Linux.Processes.ProcessMemory.TryReadText(call.Caller.ThreadId, call.Arguments.Pointer(form == Form.At ? 3 : 1), buffer, out int length, out Errno error))
            return error == Errno.ENAMETOOLONG ? Errno.ERANGE : Errno.EFAULT;
        name = buffer[..(length + 1)];
        return length == 0 ? Errno.ERANGE : Errno.None;
    }

    private static Errno ReadValue(GuestCall call, Form form, out byte[] value, out int flags)
    {
        (ulong address, ulong size) = (call.Arguments.Pointer(2), call.Arguments.Pointer(3));
        flags = call.Arguments.Number(4);
        value = [];
        if (form == Form.At && ReadArguments(call, out address, out size, out flags) is not Errno.None and var error)
            return error;
        if ((flags & ~(CreateOnly | ReplaceOnly)) != 0)
            return Errno.EINVAL;
        if (size > LongestValue)
            return Errno.E2BIG;
        value = new byte[size];
        return size == 0 || call.Caller.TryRead(address, value) ? Errno.None : Errno.EFAULT;
    }

    private static Errno ReadArguments(GuestCall call, out ulong address, out ulong size, out int flags)
    {
        Span<byte> block = stackalloc byte[ArgumentsSize];
        (address, size, flags) = (0, 0, 0);
        if (call.Arguments.Pointer(5) < ArgumentsSize)
            return Errno.EINVAL;
        if (!call.Caller.TryRead(call.Arguments.Pointer(4), block))
            return Errno.EFAULT;
        address = BinaryPrimitives.ReadUInt64LittleEndian(block);
        size = BinaryPrimitives.ReadUInt32LittleEndian(block[8..]);
        flags = BinaryPrimitives.ReadInt32LittleEndian(block[12..]);
        return Errno.None;
    }

    private static void Give(GuestCall call, ReadOnlySpan<byte> value, ulong address, ulong size)
    {
        if (size == 0)
            call.Caller.ReturnValue(value.Length);
        else if ((ulong)value.Length > size)
            call.Caller.Fail(Errno.ERANGE);
        else
            call.Caller.ReturnBytes(address, value, value.Length);
    }
}
