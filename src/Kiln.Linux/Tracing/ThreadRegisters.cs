// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;

namespace Kiln.Linux.Tracing;

/// <summary>The registers of a stopped thread on x86-64. A value is not changed; what the thread shall do next is made of what it did.</summary>
public readonly struct ThreadRegisters
{
    private const ulong SystemCallLength = 2; // 0f 05
    private const ulong NoCall = ulong.MaxValue; // in orig_rax: the kernel restarts nothing

    internal readonly Libc.UserRegisters Values;

    internal ThreadRegisters(in Libc.UserRegisters values) => Values = values;

    public ulong InstructionPointer => Values.Rip;

    public ulong StackPointer => Values.Rsp;

    /// <summary>What a system call returned; negative for an error.</summary>
    public long Result => (long)Values.Rax;

    /// <summary>Whether its last call was broken off by <see cref="Seccomp.SeccompListener.Restart"/>.</summary>
    public bool IsRestarting => Result == -Seccomp.SeccompListener.RestartNoInterrupt && Values.OriginalRax != NoCall;

    /// <summary>At the instruction by which the thread made its last call, about to make another.</summary>
    public ThreadRegisters Calling(in InjectedCall call)
    {
        Libc.UserRegisters values = Values;
        values.Rip -= SystemCallLength;
        values.OriginalRax = NoCall;
        values.Rax = (ulong)call.Call;
        values.Rdi = call.First;
        values.Rsi = call.Second;
        values.Rdx = call.Third;
        values.R10 = call.Fourth;
        values.R8 = call.Fifth;
        values.R9 = call.Sixth;
        return new ThreadRegisters(values);
    }

    /// <summary>About to make its last call again.</summary>
    public ThreadRegisters CallingAgain()
    {
        Libc.UserRegisters values = Values;
        values.Rip -= SystemCallLength;
        values.Rax = values.OriginalRax;
        values.OriginalRax = NoCall;
        return new ThreadRegisters(values);
    }

    /// <summary>Behind its last call, which has returned a value.</summary>
    public ThreadRegisters Returning(long value)
    {
        Libc.UserRegisters values = Values;
        values.Rax = (ulong)value;
        values.OriginalRax = NoCall;
        return new ThreadRegisters(values);
    }

    /// <summary>Anywhere else, with the rest as it is.</summary>
    public ThreadRegisters At(ulong instructionPointer, ulong stackPointer)
    {
        Libc.UserRegisters values = Values;
        values.Rip = instructionPointer;
        values.Rsp = stackPointer;
        values.OriginalRax = NoCall;
        return new ThreadRegisters(values);
    }

    internal ThreadRegisters Looping(ulong code, ulong table, int count)
    {
        Libc.UserRegisters values = Values;
        values.Rip = code;
        values.Rbx = table;
        values.Rbp = (ulong)count;
        values.OriginalRax = NoCall;
        return new ThreadRegisters(values);
    }

    /// <summary>Whether the thread is about to make a call, or stands at its beginning.</summary>
    internal bool IsMaking(in InjectedCall call) =>
        Values.OriginalRax == (ulong)call.Call && Values.Rdi == call.First && Values.Rsi == call.Second && Values.Rdx == call.Third
        && Values.R10 == call.Fourth && Values.R8 == call.Fifth && Values.R9 == call.Sixth;
}
