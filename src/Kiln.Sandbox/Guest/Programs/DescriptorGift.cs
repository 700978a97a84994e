// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Sockets;
using Kiln.Linux.Tracing;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Guest.Programs;

/// <summary>
/// Gives a caller a descriptor that no answer can give: one that is open as a place only (O_PATH), which SECCOMP_IOCTL_NOTIF_ADDFD does not take. It is sent over a socket, which the caller is made to receive from.
/// </summary>
internal sealed class DescriptorGift(SeccompListener listener, TrappedCall call, SafeFileHandle gift, bool closeOnExecute, ExpectedCalls expected) : ICallerTask
{
    private const int PageSize = 4096;

    public SeccompListener Listener => listener;

    public TrappedCall Call => call;

    public void Dispose() => gift.Dispose();

    public void Work(TracedThread thread)
    {
        using var socket = DescriptorSocket.Create();
        DescriptorSocket.Send(socket.Sender, gift);
        Errno error = listener.AddDescriptor(call, socket.Receiver, closeOnExecute: true, out int receiver);
        using HeldCaller caller = HeldCaller.Hold(thread, listener, call, expected);
        if (error != Errno.None)
        {
            caller.Return(-(long)error);
            return;
        }
        long page = caller.Make(InjectedCall.MapZeros(PageSize));
        long number = page < 0 ? page : Receive(caller, (ulong)page, receiver);
        if (page >= 0)
            _ = caller.Make(InjectedCall.Unmap((ulong)page, PageSize));
        _ = caller.Make(InjectedCall.Close(receiver));
        caller.Return(number);
    }

    /// <summary>The number may be overwritten by the thread's neighbours: it is told to nobody else, and is a descriptor of their own then.</summary>
    private long Receive(HeldCaller caller, ulong page, int receiver)
    {
        if (!ProcessMemory.TryWrite(caller.Thread.Id, page, ForeignMessage.EncodeToReceive(page), out Errno error))
            throw new ErrnoException("process_vm_writev", error);
        long received = caller.Make(InjectedCall.ReceiveMessage(receiver, page, closeOnExecute));
        if (received < 0)
            return received;
        Span<byte> bytes = stackalloc byte[ForeignMessage.Length];
        return ProcessMemory.TryRead(caller.Thread.Id, page, bytes, out _) && ForeignMessage.FindReceived(bytes) is { } number ? number : -(long)Errno.EMFILE;
    }
}
