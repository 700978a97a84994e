// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Sockets;

/// <summary>A connected pair of sockets by which one process hands another an open descriptor (SCM_RIGHTS, unix(7)).</summary>
public sealed unsafe class DescriptorSocket : IDisposable
{
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
            Length = (nuint)(sizeof(Libc.DescriptorMessage) - sizeof(int)), // CMSG_LEN(sizeof(int)): the padding does not count
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
