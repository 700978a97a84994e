// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Tracing;

namespace Kiln.Sandbox.Guest.Programs;

/// <summary>
/// A caller whose system call was not answered but broken off, so that it stands where it made it and can be given other things to do. It takes no signals meanwhile. It is let go once, in one of three ways.
/// </summary>
internal sealed class HeldCaller : IDisposable
{
    private const ulong AllSignals = ulong.MaxValue; // the kernel leaves out SIGKILL and SIGSTOP

    private readonly ExpectedCalls _expected;
    private readonly ThreadRegisters _registers;
    private readonly ulong _signalMask;
    private (int ThreadId, IReadOnlyList<InjectedCall> Calls)? _now;

    private HeldCaller(TracedThread thread, ExpectedCalls expected)
    {
        Thread = thread;
        _expected = expected;
        _registers = thread.ReadRegisters();
        if (!_registers.IsRestarting)
            throw new ErrnoException("ptrace", Errno.EFAULT);
        _signalMask = thread.ReadSignalMask();
        thread.WriteSignalMask(AllSignals);
    }

    public TracedThread Thread { get; }

    /// <summary>Breaks the call of a thread that is traced off.</summary>
    public static HeldCaller Hold(TracedThread thread, SeccompListener listener, in TrappedCall call, ExpectedCalls expected)
    {
        // The order counts: once it is answered, it stops for nothing but what it was told before.
        thread.Interrupt();
        listener.Restart(call);
        TraceStop stop;
        while ((stop = thread.Wait()).Kind == TraceStopKind.Signal)
            thread.Resume(stop.Signal);
        return stop.Kind == TraceStopKind.Interrupted ? new HeldCaller(thread, expected) : throw new ErrnoException("ptrace", Errno.ESRCH);
    }

    /// <summary>What the filter will trap of what it is made to do next.</summary>
    public void Expect(IReadOnlyList<InjectedCall> calls)
    {
        Dispose();
        _now = (Thread.Id, calls);
        _expected.Add(Thread.Id, calls);
    }

    /// <summary>Has it make another call, and gives the result.</summary>
    public long Make(in InjectedCall call)
    {
        Expect([call]);
        return Thread.MakeCall(call, _registers);
    }

    /// <summary>Has it begin another call; what stops it next is its end, or its new program.</summary>
    public TraceStop Begin(in InjectedCall call)
    {
        Expect([call]);
        Thread.WriteRegisters(_registers.Calling(call));
        Thread.StepToCall();
        return Thread.StepToCall();
    }

    /// <summary>Its call has returned a value, an error being negative.</summary>
    public void Return(long value) => Release(_registers.Returning(value));

    /// <summary>It makes its call again, which is trapped again.</summary>
    public void CallAgain() => Release(_registers.CallingAgain());

    /// <summary>It goes on elsewhere.</summary>
    public void Release(in ThreadRegisters registers)
    {
        Dispose();
        Thread.WriteRegisters(registers);
        Thread.WriteSignalMask(_signalMask);
        Thread.Detach();
    }

    /// <summary>Nothing is expected of it any more.</summary>
    public void Dispose()
    {
        if (_now is var (threadId, calls))
            _expected.Remove(threadId, calls);
        _now = null;
    }
}
