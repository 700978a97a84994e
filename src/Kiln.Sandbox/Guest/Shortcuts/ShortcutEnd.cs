// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Tracing;
using Kiln.Sandbox.Guest.Programs;

namespace Kiln.Sandbox.Guest.Shortcuts;

/// <summary>Has a caller put the filter on itself that shuts the way of shortcuts, and make its call again then.</summary>
/// <param name="listener">Where the call waits.</param>
/// <param name="call">The call.</param>
/// <param name="expected">What the filter is to let through.</param>
/// <param name="done">Called with the process's number, and whether the filter is on all of its threads.</param>
internal sealed class ShortcutEnd(SeccompListener listener, TrappedCall call, ExpectedCalls expected, Action<int, bool> done) : ICallerTask
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
        using HeldCaller caller = HeldCaller.Hold(thread, listener, call, expected);
        long page = caller.Make(InjectedCall.MapZeros(PageSize)), installed = page;
        if (page >= 0)
        {
            if (!ProcessMemory.TryWrite(call.ThreadId, (ulong)page, GuestCalls.WithoutShortcuts.Encode((ulong)page), out Errno error))
                throw new ErrnoException("process_vm_writev", error);
            installed = caller.Make(InjectedCall.InstallFilter((ulong)page));
            _ = caller.Make(InjectedCall.Unmap((ulong)page, PageSize));
        }
        done(call.ThreadId, installed == 0);
        caller.CallAgain();
    }
}
