// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.Programs;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Guest.Calls;

/// <summary>Answers what opens a file by no path of the tree, mq_open(2) and the other end of a terminal: for the step itself the kernel opens only what lies in its tree.</summary>
internal sealed class KernelOpens(ProgramStarter starter)
{
    /// <summary>TIOCGPTPEER.</summary>
    public const int TerminalPeer = 0x5441;

    private const int Permissions = 0x1FF;

    public void Answer(GuestCall call)
    {
        if (call.Arguments.Call == SystemCall.mq_open)
            OpenQueue(call);
        else
            OpenTerminal(call);
    }

    private static void OpenQueue(GuestCall call)
    {
        Span<byte> attributes = stackalloc byte[KernelFiles.QueueAttributesSize];
        var flags = new OpenFlags(call.Arguments.Number(1));
        bool hasAttributes = call.Arguments.Pointer(3) != 0;
        Errno error = call.ReadPath(0, out ReadOnlySpan<byte> name);
        if (error == Errno.None && hasAttributes && !call.Caller.TryRead(call.Arguments.Pointer(3), attributes))
            error = Errno.EFAULT;
        if (error == Errno.None)
            error = KernelFiles.OpenQueue(name, flags, call.Arguments.Number(2) & Permissions & ~call.State.CreationMask, hasAttributes ? attributes : default, out Place queue) is not Errno.None and var failure
                ? failure : Give(call, queue, flags);
        if (error != Errno.None)
            call.Caller.Fail(error);
    }

    private void OpenTerminal(GuestCall call)
    {
        if (!starter.TryTakeBorrowed(call.Arguments, out SafeFileHandle? master))
        {
            starter.Borrow(call.Caller.Listener, call.Arguments, call.Arguments.Number(0));
            return;
        }
        using (master)
        {
            var flags = new OpenFlags(call.Arguments.Number(2));
            Place terminal = default;
            Errno error = master is null ? Errno.EBADF : KernelFiles.OpenTerminal(master, flags, out terminal);
            if (error == Errno.None)
                error = Give(call, terminal, flags);
            if (error != Errno.None)
                call.Caller.Fail(error);
        }
    }

    private static Errno Give(GuestCall call, Place file, OpenFlags flags)
    {
        using (file)
            return OpenCalls.Give(call, file, flags);
    }
}
