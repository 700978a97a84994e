// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Tracing;
using Kiln.Sandbox.Guest.Shortcuts;

namespace Kiln.Sandbox.Guest.Programs;

/// <summary>
/// Carries out an execve. The kernel would look the program and its ELF interpreter up in the builder's root, so the caller is given the files and executes the one that needs no other: where that is the
/// interpreter, the program is mapped beside it, as the kernel would have done.
/// </summary>
internal sealed class Execution(SeccompListener listener, TrappedCall call, ProgramPlan plan, ExpectedCalls expected, GuestShortcuts? shortcuts) : ICallerTask
{
    private const int LongestPath = 4096;
    private const int LeastRestart = -516, MostRestart = -512; // ERESTARTSYS to ERESTART_RESTARTBLOCK, linux/errno.h: no error but a wish to call again

    public SeccompListener Listener => listener;

    public TrappedCall Call => call;

    public void Dispose() => plan.Dispose();

    /// <summary>
    /// 1. gives the caller the files and holds it; 2. has it execute the first of them; 3. where that is done, makes the new program what it is to be; 4. where it failed, takes the files back.
    /// </summary>
    public void Work(TracedThread thread)
    {
        // Step 1.
        int program = -1;
        int executed = -1;
        // An interpreter's own interpreter counts for nothing there, but here it would be looked up in the builder's root.
        Errno error = plan.ExecutedImage.Interpreter is null ? listener.AddDescriptor(call, plan.Executed, closeOnExecute: true, out executed) : Errno.ELIBBAD;
        if (error == Errno.None && plan.Program is not null)
            error = listener.AddDescriptor(call, plan.Program, closeOnExecute: false, out program);
        bool takesShortcuts = error == Errno.None && plan.WithShortcuts is { } state && shortcuts?.TryGive(listener, call, state) == true;
        bool endsShortcuts = plan.EndsShortcuts || (plan.WithShortcuts is not null && !takesShortcuts);
        int[] given = endsShortcuts && shortcuts is not null ? [.. shortcuts.FindGiven(call.ThreadId)] : [];
        using HeldCaller caller = HeldCaller.Hold(thread, listener, call, expected);

        // Step 2.
        long result = -(long)error;
        if (error == Errno.None)
        {
            TraceStop stop = caller.Begin(DescribeCall(executed));
            if (stop.Kind == TraceStopKind.Executed)
            {
                new NewProgram(caller, plan, program, takesShortcuts ? shortcuts : null, endsShortcuts, given).Settle();
                return;
            }
            result = thread.ReadRegisters().Result;
        }

        // Step 4.
        foreach (int number in (ReadOnlySpan<int>)[executed, program])
            if (number >= 0)
                _ = caller.Make(InjectedCall.Close(number));
        if (result is >= LeastRestart and <= MostRestart)
            caller.CallAgain();
        else
            caller.Return(result);
    }

    /// <summary>The arguments and the environment are where the caller has them. The empty path is the end of its own, whose memory another thread of its may change: what was executed is seen afterwards.</summary>
    private InjectedCall DescribeCall(int executed)
    {
        int path = call.Call == SystemCall.execveat ? 1 : 0;
        byte[] buffer = new byte[LongestPath];
        if (!ProcessMemory.TryReadText(call.ThreadId, call.Pointer(path), buffer, out int length, out Errno error))
            throw new ErrnoException("process_vm_readv", error == Errno.ESRCH ? error : Errno.EFAULT);
        return InjectedCall.Execute(executed, call.Pointer(path) + (ulong)length, call.Pointer(path + 1), call.Pointer(path + 2));
    }
}
