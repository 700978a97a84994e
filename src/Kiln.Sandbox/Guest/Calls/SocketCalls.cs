// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Collections.Concurrent;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Sockets;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.Identity;
using Kiln.Sandbox.Guest.Paths;
using Kiln.Sandbox.Guest.Programs;
using Kiln.Sandbox.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Guest.Calls;

/// <summary>
/// Answers bind(2), connect(2) and inotify_add_watch(2), which take a descriptor of the caller's and a place: done here, on what the caller has handed over and by an address that was read once, so that no thread of the step
/// can have the kernel read another. Datagram sockets of paths would be sent through by calls that nobody answers: who asks for one gets a connected kind, which does all else.
/// </summary>
internal sealed class SocketCalls(ProgramStarter starter, MetadataGuard? metadata, WaitingConnections waiting)
{
    private const int LongestAddress = 128; // sizeof(struct sockaddr_storage)
    private const int FamilyUnix = 1;       // AF_UNIX
    private const int SocketTypeMask = 0xF;
    private const int MostRemembered = 1 << 16;

    // Sockets by inode: the process that had them connected.
    private readonly ConcurrentDictionary<ulong, int> _connected = new();

    private readonly AbstractSockets _abstract = new();

    public void Answer(GuestCall call)
    {
        TrappedCall arguments = call.Arguments;
        switch (arguments.Call)
        {
            case SystemCall.socket:
                MakeSocket(call);
                break;
            case SystemCall.socketpair:
                MakePair(call);
                break;
            default:
                WithDescriptor(call);
                break;
        }
    }

    private void WithDescriptor(GuestCall call)
    {
        if (!starter.TryTakeBorrowed(call.Arguments, out SafeFileHandle? descriptor))
        {
            starter.Borrow(call.Caller.Listener, call.Arguments, call.Arguments.Number(0));
            return;
        }
        if (descriptor is null)
        {
            call.Caller.Fail(Errno.EBADF);
            return;
        }
        bool isKept = false;
        try
        {
            if (call.Arguments.Call == SystemCall.inotify_add_watch)
                Watch(call, descriptor);
            else if (call.Arguments.Call == SystemCall.getsockopt)
                GivePeer(call, descriptor);
            else
                isKept = Address(call, descriptor);
        }
        finally
        {
            if (!isKept)
                descriptor.Dispose();
        }
    }

    private void GivePeer(GuestCall call, SafeFileHandle descriptor)
    {
        Span<byte> length = stackalloc byte[sizeof(int)], credentials = stackalloc byte[3 * sizeof(int)];
        if (BorrowedSocket.Of(descriptor).FindPeer() is not { } peer)
        {
            call.Caller.Fail(Errno.ENOTSOCK);
            return;
        }
        if (!call.Caller.TryRead(call.Arguments.Pointer(4), length))
        {
            call.Caller.Fail(Errno.EFAULT);
            return;
        }
        int wanted = BinaryPrimitives.ReadInt32LittleEndian(length);
        if (wanted < 0)
        {
            call.Caller.Fail(Errno.EINVAL);
            return;
        }
        // Who connected by a path was the supervisor, in a caller's place: that one is remembered.
        int process = peer.Process == Environment.ProcessId && SocketPeers.Find(descriptor) is { } other && _connected.TryGetValue(other, out int caller) ? caller : peer.Process;
        if (process > 0 && call.States.CredentialsOf(process) is { } who)
            peer = (process, who.Users.Effective, who.Groups.Effective);
        BinaryPrimitives.WriteInt32LittleEndian(credentials, peer.Process);
        BinaryPrimitives.WriteUInt32LittleEndian(credentials[4..], peer.Uid);
        BinaryPrimitives.WriteUInt32LittleEndian(credentials[8..], peer.Gid);
        int given = Math.Min(wanted, credentials.Length);
        BinaryPrimitives.WriteInt32LittleEndian(length, given);
        if (call.Caller.TryWrite(call.Arguments.Pointer(3), credentials[..given]))
            call.Caller.ReturnBytes(call.Arguments.Pointer(4), length, 0);
        else
            call.Caller.Fail(Errno.EFAULT);
    }

    private static void Watch(GuestCall call, SafeFileHandle watcher)
    {
        const uint noFollow = 0x02000000; // IN_DONT_FOLLOW
        uint mask = (uint)call.Arguments.Number(2);
        int watch = 0;
        Errno error = call.ReadPath(1, out ReadOnlySpan<byte> path);
        if (error == Errno.None)
            error = call.Lookup.Find(GuestCall.CurrentDirectory, path, (mask & noFollow) == 0, out Found found) is not Errno.None and var failure ? failure : Watch(call, found, watcher, mask & ~noFollow, out watch);
        if (error != Errno.None)
            call.Caller.Fail(error);
        else
            call.Caller.ReturnValue(watch);
    }

    private static Errno Watch(GuestCall call, in Found found, SafeFileHandle watcher, uint mask, out int watch)
    {
        watch = 0;
        using (found)
        {
            if (found.Node is not null)
                return Errno.EACCES;
            Seen seen = call.Tree.See(found.Status);
            return !call.State.Credentials.MayAccess(seen.Uid, seen.Gid, seen.Mode, seen.IsDirectory, AccessWanted.Read) ? Errno.EACCES : found.Place.Watch(watcher, mask, out watch);
        }
    }

    /// <summary>Whether the descriptor is kept, as the connection takes time.</summary>
    private bool Address(GuestCall call, SafeFileHandle descriptor)
    {
        Span<byte> buffer = stackalloc byte[LongestAddress];
        int length = call.Arguments.Number(2);
        if (length is < 0 or > LongestAddress)
        {
            call.Caller.Fail(Errno.EINVAL);
            return false;
        }
        if (!call.Caller.TryRead(call.Arguments.Pointer(1), buffer[..length]))
        {
            call.Caller.Fail(Errno.EFAULT);
            return false;
        }
        ReadOnlySpan<byte> address = buffer[..length];
        var socket = BorrowedSocket.Of(descriptor);
        bool isPath = socket.IsUnix && length > 2 && BinaryPrimitives.ReadUInt16LittleEndian(address) == FamilyUnix && address[2] != 0;
        bool connects = call.Arguments.Call == SystemCall.connect;
        if (isPath)
            return connects ? ConnectToPath(call, socket, address[2..]) : Return(call, BindToPath(call, socket, address[2..]));
        if (!connects)
            return Return(call, Bind(socket, descriptor, address));
        if (socket.IsUnix && !_abstract.IsOwn(socket, address[Math.Min(length, 2)..]))
            return Return(call, Errno.ECONNREFUSED);
        if (metadata?.FindRefusal(address) is { } refusal)
            return Return(call, refusal);
        return waiting.Start(call, socket, address);
    }

    private Errno Bind(BorrowedSocket socket, SafeFileHandle descriptor, ReadOnlySpan<byte> address)
    {
        Errno error = socket.Bind(address);
        if (error == Errno.None && socket.IsUnix)
            _abstract.Remember(socket, Place.Of(descriptor), address[2..]);
        return error;
    }

    private static bool Return(GuestCall call, Errno error)
    {
        call.Caller.Return(error);
        return false;
    }

    private bool ConnectToPath(GuestCall call, BorrowedSocket socket, ReadOnlySpan<byte> text)
    {
        Errno error = call.Lookup.Find(GuestCall.CurrentDirectory, Terminated(text), follow: true, out Found found);
        if (error != Errno.None)
            return Return(call, error);
        using (found)
        {
            if (found.Node is not null || found.Status.Type != FileType.Socket)
                return Return(call, Errno.ECONNREFUSED);
            Seen seen = call.Tree.See(found.Status);
            if (!call.State.Credentials.MayAccess(seen.Uid, seen.Gid, seen.Mode, isDirectory: false, AccessWanted.Write))
                return Return(call, Errno.EACCES);
            Remember(call, socket);
            return waiting.Start(call, socket, PathSocket.AddressOf(found.Place));
        }
    }

    private void Remember(GuestCall call, BorrowedSocket socket)
    {
        if (_connected.Count > MostRemembered)
            _connected.Clear();
        if (socket.FindInode() is { } inode && call.Caller.Status is { } status)
            _connected[inode] = status.ProcessId;
    }

    private static Errno BindToPath(GuestCall call, BorrowedSocket socket, ReadOnlySpan<byte> text)
    {
        Errno error = call.Lookup.FindParent(GuestCall.CurrentDirectory, Terminated(text), second: false, out FoundParent parent, out ReadOnlySpan<byte> name);
        if (error != Errno.None)
            return error == Errno.EEXIST ? Errno.EADDRINUSE : error;
        using (parent)
        {
            error = NewFile.Prepare(call, parent.Place, out NewFile made);
            if (error != Errno.None)
                return error;
            error = PathSocket.FindAddressIn(parent.Place, name) is { } address ? socket.Bind(address) : Errno.ENAMETOOLONG;
            return error != Errno.None ? error : made.Record(call, parent.Place, name, FileType.Socket, made.ModeOf(call, 0x1FF, isDirectory: false)); // 0777
        }
    }

    private static byte[] Terminated(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)0);
        return [.. end < 0 ? text : text[..end], 0];
    }

    private static void MakeSocket(GuestCall call)
    {
        TrappedCall arguments = call.Arguments;
        Errno error = PathSocket.CreateConnected(arguments.Number(1) & ~SocketTypeMask, out Place socket);
        using (socket)
        {
            if (error == Errno.None)
                error = call.Caller.Listener.TryReturnDescriptor(arguments, socket, PathSocket.IsCloseOnExecute(arguments.Number(1)));
            if (error != Errno.None)
                call.Caller.Fail(error);
        }
    }

    /// <summary>Two descriptors go into the caller's memory: the first by number, the second ends the call.</summary>
    private static void MakePair(GuestCall call)
    {
        TrappedCall arguments = call.Arguments;
        Errno error = PathSocket.CreateConnectedPair(arguments.Number(1) & ~SocketTypeMask, out Place first, out Place second);
        using (first)
        using (second)
        {
            bool closes = PathSocket.IsCloseOnExecute(arguments.Number(1));
            Span<byte> numbers = stackalloc byte[2 * sizeof(int)];
            if (error == Errno.None)
                error = Add(call, first, closes, numbers);
            if (error == Errno.None)
                error = Add(call, second, closes, numbers[sizeof(int)..]);
            if (error != Errno.None)
                call.Caller.Fail(error);
            else
                call.Caller.ReturnBytes(arguments.Pointer(3), numbers, 0);
        }
    }

    private static Errno Add(GuestCall call, Place socket, bool closes, Span<byte> number)
    {
        Errno error = socket.Duplicate(out Place copy);
        if (error != Errno.None)
            return error;
        using SafeFileHandle handle = copy.ToHandle();
        error = call.Caller.Listener.AddDescriptor(call.Arguments, handle, closes, out int added);
        BinaryPrimitives.WriteInt32LittleEndian(number, added);
        return error;
    }
}
