// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Sockets;

/// <summary>A connected pair of sockets by which one process hands another an open descriptor (SCM_RIGHTS, unix(7)).</summary>
public sealed unsafe class DescriptorSocket : IDisposable
{
    private const int OneDescriptor = 20; // CMSG_LEN(sizeof(int)): the padding does not count

    private DescriptorSocket(int receiver, int sender)
    {
        Receiver = new SafeFileHandle(receiver, ownsHandle: true);
        Sender = new SafeFileHandle(sender, ownsHandle: true);
    }

    public SafeFileHandle Receiver { get; }

    public SafeFileHandle Sender { get; }

    public static DescriptorSocket Create()
    {
        int* ends = stackalloc int[2];
        return Libc.SocketPair(Libc.AF_UNIX, Libc.SOCK_SEQPACKET | Libc.SOCK_CLOEXEC, 0, ends) == 0
            ? new DescriptorSocket(ends[0], ends[1])
            : throw ErrnoException.Last("socketpair");
    }

    /// <summary>Sends one descriptor. The sender's own stays open.</summary>
    public static void Send(SafeFileHandle socket, SafeFileHandle descriptor)
    {
        byte payload = 1;
        Libc.DescriptorMessage control = new()
        {
            Length = OneDescriptor,
            Level = Libc.SOL_SOCKET,
            Type = Libc.SCM_RIGHTS,
            Descriptor = (int)descriptor.DangerousGetHandle(),
        };
        var vector = new Libc.IoVector { Base = &payload, Length = 1 };
        Libc.MessageHeader message = Describe(&vector, &control);
        if (Libc.SendMessage(socket, &message, 0) != 1)
            throw ErrnoException.Last("sendmsg");
    }

    /// <summary>Waits for one; null where the other side has gone without sending any.</summary>
    public static SafeFileHandle? Receive(SafeFileHandle socket)
    {
        byte payload;
        Libc.DescriptorMessage control = default;
        var vector = new Libc.IoVector { Base = &payload, Length = 1 };
        Libc.MessageHeader message = Describe(&vector, &control);
        nint count;
        do
            count = Libc.ReceiveMessage(socket, &message, Libc.MSG_CMSG_CLOEXEC);
        while (count < 0 && ErrnoException.Last("recvmsg").Error == Errno.EINTR);
        if (count < 0)
            throw ErrnoException.Last("recvmsg");
        return count == 1 && control is { Level: Libc.SOL_SOCKET, Type: Libc.SCM_RIGHTS } ? new SafeFileHandle(control.Descriptor, ownsHandle: true) : null;
    }

    /// <summary>What has arrived of a sender that is not trusted: one descriptor, or null. It does not wait.</summary>
    public SafeFileHandle? ReceiveArrived()
    {
        byte payload;
        Libc.DescriptorMessage control = default;
        var vector = new Libc.IoVector { Base = &payload, Length = 1 };
        Libc.MessageHeader message = Describe(&vector, &control);
        // Room for no more than one: of others we would not know.
        message.ControlLength = OneDescriptor;
        nint count;
        do
            count = Libc.ReceiveMessage(Receiver, &message, Libc.MSG_CMSG_CLOEXEC | Libc.MSG_DONTWAIT);
        while (count < 0 && ErrnoException.Last("recvmsg").Error == Errno.EINTR);
        return count >= 0 && message.ControlLength == OneDescriptor && control is { Level: Libc.SOL_SOCKET, Type: Libc.SCM_RIGHTS, Length: OneDescriptor }
            ? new SafeFileHandle(control.Descriptor, ownsHandle: true)
            : null;
    }

    public void Dispose()
    {
        Receiver.Dispose();
        Sender.Dispose();
    }

    private static Libc.MessageHeader Describe(Libc.IoVector* vector, Libc.DescriptorMessage* control) => new()
    {
        Vectors = vector,
        VectorCount = 1,
        Control = control,
        ControlLength = (nuint)sizeof(Libc.DescriptorMessage),
    };
}
