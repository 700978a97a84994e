// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Kiln.Linux.Interop;
using Kiln.Linux.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Seccomp;

/// <summary>The answering end of a filter, seccomp_unotify(2). Each call that is received is answered once, by one of the verbs here.</summary>
public sealed unsafe class SeccompListener : IDisposable
{
    private const nuint SetFlags = 0x40082104; // SECCOMP_IOCTL_NOTIF_SET_FLAGS, Linux 6.6; headers of older systems do not have it
    private const nuint SyncWakeUp = 1;        // SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP

    /// <summary>ERESTARTNOINTR of linux/errno.h, which no program ever sees: the kernel's own word for a call to be made again.</summary>
    internal const int RestartNoInterrupt = 513;

    private readonly SafeFileHandle _handle;
    private readonly SystemCallNumbers _numbers = SystemCallNumbers.Own;

    /// <summary>Takes the handle over. Where the kernel can, caller and answerer change places on one processor: 2.5 us a call instead of 50.</summary>
    public SeccompListener(SafeFileHandle handle)
    {
        _handle = handle;
        _ = Libc.IoctlValue(handle, SetFlags, SyncWakeUp); // an older kernel is slower, nothing else
    }

    /// <summary>Whether who waits in <see cref="TryReceive"/> is told, by a false, when no process has the filter any more: since Linux 6.11. Before, it waits for ever.</summary>
    public static bool EndsReceiving { get; } = Environment.OSVersion.Version >= new Version(6, 11);

    /// <summary>For poll: readable when a call waits.</summary>
    public SafeFileHandle Handle => _handle;

    /// <summary>Waits for a call; null when no process has the filter any more, or the other handle can be read or has ended.</summary>
    /// <param name="end">The other handle.</param>
    /// <param name="connecting">Sockets to look at too: then it is false where one can be written to, or after a moment.</param>
    public bool? Wait(SafeFileHandle end, IReadOnlyList<SafeFileHandle> connecting)
    {
        const int moment = 50; // ms, in which the callers of connections are looked at again
        int count = 2 + connecting.Count;
        Libc.PollFd* polled = stackalloc Libc.PollFd[count];
        polled[0] = new Libc.PollFd { Fd = (int)_handle.DangerousGetHandle(), Events = Libc.POLLIN };
        polled[1] = new Libc.PollFd { Fd = (int)end.DangerousGetHandle(), Events = Libc.POLLIN };
        for (int i = 0; i < connecting.Count; i++)
            polled[2 + i] = new Libc.PollFd { Fd = (int)connecting[i].DangerousGetHandle(), Events = Libc.POLLOUT };
        while (Libc.Poll(polled, (nuint)count, connecting.Count > 0 ? moment : -1) < 0)
            if (ErrnoException.Last("poll") is var error && error.Error != Errno.EINTR)
                throw error;
        if (polled[1].Returned != 0)
            return null;
        return polled[0].Returned == 0 ? false : (polled[0].Returned & Libc.POLLIN) != 0 ? true : null;
    }

    /// <summary>The next call, for which it waits; false where its caller went away before it could be received, and as <see cref="EndsReceiving"/> says.</summary>
    public bool TryReceive(out TrappedCall call)
    {
        Libc.SeccompNotification notification = default;
        if (Libc.Ioctl(_handle, Libc.SECCOMP_IOCTL_NOTIF_RECV, &notification) == 0)
        {
            call = new TrappedCall(notification, _numbers.FindCall(notification.Number));
            return true;
        }
        call = default;
        ErrnoException error = ErrnoException.Last("ioctl", "SECCOMP_IOCTL_NOTIF_RECV");
        return error.Error is Errno.ENOENT or Errno.EINTR or Errno.ENOTCONN ? false : throw error;
    }

    /// <summary>Whether the caller still waits: what was read of it or of its descriptors before was its own.</summary>
    public bool IsWaiting(in TrappedCall call)
    {
        ulong id = call.Id;
        return Libc.Ioctl(_handle, Libc.SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
    }

    /// <summary>The kernel carries the call out, reading its memory anew.</summary>
    public void Continue(in TrappedCall call) => Send(call, 0, Errno.None, Libc.SECCOMP_USER_NOTIF_FLAG_CONTINUE);

    public void Return(in TrappedCall call, long value) => Send(call, value, Errno.None, 0);

    public void Fail(in TrappedCall call, Errno error) => Send(call, 0, error, 0);

    /// <summary>The caller gets a copy of a descriptor, whose number is the call's result.</summary>
    /// <param name="call">The call, which is answered unless an error comes back.</param>
    /// <param name="source">What is copied.</param>
    /// <param name="closeOnExecute">Whether the copy is O_CLOEXEC.</param>
    /// <param name="number">The number it gets, replacing what has it; null: the lowest that is free.</param>
    /// <param name="error">Where it failed: the caller has no room, or the number is above its limit. The call still waits then.</param>
    public bool TryReturnDescriptor(in TrappedCall call, SafeHandle source, bool closeOnExecute, int? number, [NotNullWhen(false)] out Errno? error)
    {
        error = null;
        bool added = false;
        try
        {
            source.DangerousAddRef(ref added);
            var descriptor = new Libc.SeccompDescriptor
            {
                Id = call.Id,
                Flags = Libc.SECCOMP_ADDFD_FLAG_SEND | (number is null ? 0u : Libc.SECCOMP_ADDFD_FLAG_SETFD),
                Source = (uint)source.DangerousGetHandle(),
                Target = (uint)(number ?? 0),
                TargetFlags = closeOnExecute ? (uint)Libc.O_CLOEXEC : 0,
            };
            if (Libc.Ioctl(_handle, Libc.SECCOMP_IOCTL_NOTIF_ADDFD, &descriptor) >= 0)
                return true;
            error = ErrnoException.Last("ioctl", "SECCOMP_IOCTL_NOTIF_ADDFD").Error;
            return error == Errno.ENOENT; // the caller is gone, and with it the call
        }
        finally
        {
            if (added)
                source.DangerousRelease();
        }
    }

    /// <summary>The same for a place, in one call and without an object.</summary>
    public Errno TryReturnDescriptor(in TrappedCall call, Place source, bool closeOnExecute)
    {
        var descriptor = new Libc.SeccompDescriptor
        {
            Id = call.Id,
            Flags = Libc.SECCOMP_ADDFD_FLAG_SEND,
            Source = (uint)source.Number,
            TargetFlags = closeOnExecute ? (uint)Libc.O_CLOEXEC : 0,
        };
        if (Libc.Ioctl(_handle, Libc.SECCOMP_IOCTL_NOTIF_ADDFD, &descriptor) >= 0)
            return Errno.None;
        Errno error = (Errno)Marshal.GetLastPInvokeError();
        return error == Errno.ENOENT ? Errno.None : error; // the caller is gone, and with it the call
    }

    /// <summary>The caller gets a copy of a descriptor and goes on waiting. Without an error, <paramref name="number"/> is what the caller has it by.</summary>
    public Errno AddDescriptor(in TrappedCall call, SafeHandle source, bool closeOnExecute, out int number) => AddDescriptor(call, source, closeOnExecute, wanted: null, out number);

    /// <summary>The same under a number of our choice, in the place of what has it; it stays open in what the caller executes.</summary>
    public Errno AddDescriptor(in TrappedCall call, SafeHandle source, int number) => AddDescriptor(call, source, closeOnExecute: false, number, out _);

    private Errno AddDescriptor(in TrappedCall call, SafeHandle source, bool closeOnExecute, int? wanted, out int number)
    {
        bool added = false;
        try
        {
            source.DangerousAddRef(ref added);
            var descriptor = new Libc.SeccompDescriptor
            {
                Id = call.Id,
                Flags = wanted is null ? 0u : Libc.SECCOMP_ADDFD_FLAG_SETFD,
                Source = (uint)source.DangerousGetHandle(),
                Target = (uint)(wanted ?? 0),
                TargetFlags = closeOnExecute ? (uint)Libc.O_CLOEXEC : 0,
            };
            number = Libc.Ioctl(_handle, Libc.SECCOMP_IOCTL_NOTIF_ADDFD, &descriptor);
            return number >= 0 ? Errno.None : ErrnoException.Last("ioctl", "SECCOMP_IOCTL_NOTIF_ADDFD").Error;
        }
        finally
        {
            if (added)
                source.DangerousRelease();
        }
    }

    /// <summary>The caller leaves the call, to make it again from the beginning. A thread that is traced and asked to stop does so before.</summary>
    public void Restart(in TrappedCall call) => Send(call, 0, (Errno)RestartNoInterrupt, 0);

    public void Dispose() => _handle.Dispose();

    private void Send(in TrappedCall call, long value, Errno error, uint flags)
    {
        var response = new Libc.SeccompResponse { Id = call.Id, Value = value, Error = -(int)error, Flags = flags };
        if (Libc.Ioctl(_handle, Libc.SECCOMP_IOCTL_NOTIF_SEND, &response) != 0
            && ErrnoException.Last("ioctl", "SECCOMP_IOCTL_NOTIF_SEND") is var failure && failure.Error != Errno.ENOENT)
            throw failure;
    }
}
