// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Kiln.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Sockets;

/// <summary>A socket of another process, the same and no copy of it, by a descriptor of our own (pidfd_getfd(2)). Errors are results here, for they are the other's.</summary>
public sealed unsafe class BorrowedSocket : IDisposable
{
    private const uint OfThread = 0x80; // PIDFD_THREAD, Linux 6.9; headers of older systems do not have it

    private readonly SafeFileHandle _handle;

    private BorrowedSocket(SafeFileHandle handle) => _handle = handle;

    /// <summary>Whether descriptors can be borrowed at all: many a container's filter refuses it.</summary>
    public static bool IsPermitted()
    {
        using var own = new SafeFileHandle(Libc.PidfdOpen(Libc.SYS_pidfd_open, Environment.ProcessId, 0) is >= 0 and var process ? (nint)process : -1, ownsHandle: true);
        if (own.IsInvalid)
            return false;
        using var taken = new SafeFileHandle((nint)Libc.PidfdGetFd(Libc.SYS_pidfd_getfd, own, (int)own.DangerousGetHandle(), 0), ownsHandle: true);
        return !taken.IsInvalid;
    }

    /// <summary>What a thread has under a number.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="processId">Its process, whose descriptors are taken for the thread's by older kernels.</param>
    /// <param name="number">The descriptor.</param>
    /// <param name="socket">It, where there is no error.</param>
    public static Errno Borrow(int threadId, int processId, int number, out BorrowedSocket? socket)
    {
        socket = null;
        long process = Libc.PidfdOpen(Libc.SYS_pidfd_open, threadId, OfThread);
        if (process < 0)
            process = Libc.PidfdOpen(Libc.SYS_pidfd_open, processId, 0);
        if (process < 0)
            return LastError;
        using var handle = new SafeFileHandle((nint)process, ownsHandle: true);
        long taken = Libc.PidfdGetFd(Libc.SYS_pidfd_getfd, handle, number, 0);
        if (taken < 0)
            return LastError;
        socket = new BorrowedSocket(new SafeFileHandle((nint)taken, ownsHandle: true));
        return Errno.None;
    }

    /// <summary>Takes a socket over that its owner has handed to us.</summary>
    public static BorrowedSocket Of(SafeFileHandle handle) => new(handle);

    /// <summary>Waits until one of the sockets can be written to or has failed, or for a while.</summary>
    public static void WaitForAny(IReadOnlyList<BorrowedSocket> sockets, int milliseconds)
    {
        Libc.PollFd* polled = stackalloc Libc.PollFd[sockets.Count];
        for (int i = 0; i < sockets.Count; i++)
            polled[i] = new Libc.PollFd { Fd = (int)sockets[i]._handle.DangerousGetHandle(), Events = Libc.POLLOUT };
        _ = Libc.Poll(polled, (nuint)sockets.Count, milliseconds);
    }

    /// <summary>For poll: writable, or in error, when a connection has been made or has failed.</summary>
    public SafeFileHandle Handle => _handle;

    public bool IsUnix => ReadOption(Libc.SO_DOMAIN) == Libc.AF_UNIX;

    /// <summary>SOCK_STREAM and the like: the same abstract name means another socket for each.</summary>
    public int Type => ReadOption(Libc.SO_TYPE);

    public bool IsTcp => Type == Libc.SOCK_STREAM && ReadOption(Libc.SO_PROTOCOL) == Libc.IPPROTO_TCP;

    /// <summary>Whether its owner does not want to wait.</summary>
    public bool IsNonBlocking => (Libc.Fcntl(_handle, Libc.F_GETFL, 0) & Libc.O_NONBLOCK) != 0;

    /// <summary>How long connecting may take at most; null for as long as it does.</summary>
    public TimeSpan? SendTimeout
    {
        get
        {
            Libc.Timespec time = default; // struct timeval has the same form, with microseconds
            int length = sizeof(Libc.Timespec);
            bool isSet = Libc.GetSocketOption(_handle, Libc.SOL_SOCKET, Libc.SO_SNDTIMEO, &time, &length) == 0 && (time.Seconds, time.Nanoseconds) != (0, 0);
            return isSet ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds) : null;
        }
    }

    /// <summary>The process at the other end, and who it was, SO_PEERCRED of unix(7); null where there is none.</summary>
    public (int Process, uint Uid, uint Gid)? FindPeer()
    {
        int* credentials = stackalloc int[3];
        int length = 3 * sizeof(int);
        return Libc.GetSocketOption(_handle, Libc.SOL_SOCKET, Libc.SO_PEERCRED, credentials, &length) == 0 ? (credentials[0], (uint)credentials[1], (uint)credentials[2]) : null;
    }

    /// <summary>By which the kernel tells it from others.</summary>
    public ulong? FindInode() => Supervision.Place.Of(_handle).GetStatus(out Supervision.FullStatus status) == Errno.None ? status.Inode : null;

    /// <summary>bind(2).</summary>
    public Errno Bind(ReadOnlySpan<byte> address)
    {
        fixed (byte* start = address)
            return Libc.Bind(_handle, start, address.Length) == 0 ? Errno.None : LastError;
    }

    /// <summary>connect(2), without waiting: EINPROGRESS or EALREADY where it goes on, and asked again the result.</summary>
    public Errno Connect(ReadOnlySpan<byte> address)
    {
        int flags = Libc.Fcntl(_handle, Libc.F_GETFL, 0);
        bool waits = (flags & Libc.O_NONBLOCK) == 0;
        if (waits)
            _ = Libc.Fcntl(_handle, Libc.F_SETFL, flags | Libc.O_NONBLOCK);
        Errno error;
        fixed (byte* start = address)
            error = Libc.Connect(_handle, start, address.Length) == 0 ? Errno.None : LastError;
        if (waits)
            _ = Libc.Fcntl(_handle, Libc.F_SETFL, flags);
        return error;
    }

    public void Dispose() => _handle.Dispose();

    private int ReadOption(int option)
    {
        int value = -1, length = sizeof(int);
        _ = Libc.GetSocketOption(_handle, Libc.SOL_SOCKET, option, &value, &length);
        return value;
    }

    private static Errno LastError => (Errno)Marshal.GetLastPInvokeError();
}
