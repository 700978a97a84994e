// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Sockets;
using Kiln.Linux.Tracing;

namespace Kiln.Sandbox.Guest.Programs;

/// <summary>Has a caller send us one of its descriptors over a socket that it is given for the purpose (SCM_RIGHTS, unix(7)), and make its call again then.</summary>
internal sealed class DescriptorLoan(SeccompListener listener, TrappedCall call, int number, ExpectedCalls expected, BorrowedDescriptors borrowed)
    : ICallerTask
{
    private const int PageSize = 4096;

    public SeccompListener Listener => listener;

    public TrappedCall Call => call;

    public void Dispose()
    {
        // It holds nothing before its work and after.
    }

    public void Work(TracedThread thread)
    {
        using var socket = DescriptorSocket.Create();
        Errno error = listener.AddDescriptor(call, socket.Sender, closeOnExecute: true, out int sender);
        using HeldCaller caller = HeldCaller.Hold(thread, listener, call, expected);
        if (error != Errno.None)
        {
            caller.Return(-(long)error);
            return;
        }

        // A page of its own, for below the stack pointer may be another's memory in programs that make their stacks themselves.
        long page = caller.Make(InjectedCall.MapZeros(PageSize));
        long sent = page < 0 ? page : Send(caller, (ulong)page, sender);
        if (page >= 0)
            _ = caller.Make(InjectedCall.Unmap((ulong)page, PageSize));
        _ = caller.Make(InjectedCall.Close(sender));
        if (sent < 0 && sent != -(long)Errno.EBADF)
        {
            caller.Return(sent);
            return;
        }
        borrowed.Add(call.ThreadId, sent < 0 ? null : socket.ReceiveArrived());
        caller.CallAgain();
    }

    /// <summary>The thread's neighbours may write to the page too: what we go by is what arrives.</summary>
    private long Send(HeldCaller caller, ulong page, int sender) =>
        ProcessMemory.TryWrite(caller.Thread.Id, page, ForeignMessage.Encode(page, number), out Errno error)
            ? caller.Make(InjectedCall.SendMessage(sender, page))
            : throw new ErrnoException("process_vm_writev", error);
}
