// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kiln.Linux.Files;
using Kiln.Linux.Interop;
using Kiln.Linux.Processes;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Tracing;

/// <summary>
/// Another thread that this one traces, ptrace(2): all verbs are for the thread that seized it, which must trace no other meanwhile and have no children. Where the tracer ends, the
/// traced process is killed. A verb throws <see cref="Errno.ESRCH"/> where the thread is being killed; <see cref="WaitForEnd"/> is all that is left then.
/// </summary>
public sealed unsafe class TracedThread
{
    private const int StoppedMark = 0x7F;
    private const int SystemCallMark = 0x80; // PTRACE_O_TRACESYSGOOD

    private TracedThread(int id) => Id = id;

    /// <summary>By the tracer's pid namespace. A thread that executes a program takes the number of its process.</summary>
    public int Id { get; private set; }

    /// <summary>Whether this process may trace one of its own: a child is made for the question.</summary>
    public static bool IsPermitted()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return false;
        using var script = new SyscallScript();
        script.Add(Libc.SYS_clone, [Libc.SIGCHLD], 0);
        script.Add(Libc.SYS_prctl, [Libc.PR_SET_PDEATHSIG, Libc.SIGKILL], 0);
        script.Add(Libc.SYS_ppoll, [], 0);
        nint child = script.Run();
        if (child < 0)
            return false;
        bool isPermitted = Libc.Ptrace(Libc.PTRACE_SEIZE, child, 0, Libc.PTRACE_O_EXITKILL) == 0;
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        isPermitted &= ProcessMemory.TryRead((int)child, (ulong)(nint)CallLoopAddress(), word, out _);
        _ = Libc.Kill((int)child, Libc.SIGKILL);
        ChildProcess.Bury((int)child);
        return isPermitted;
    }

    /// <summary>Begins to trace a thread, which goes on as it does.</summary>
    public static Errno Seize(int threadId, out TracedThread? thread)
    {
        const int options = Libc.PTRACE_O_EXITKILL | Libc.PTRACE_O_TRACEEXEC | Libc.PTRACE_O_TRACESYSGOOD;
        bool seized = Libc.Ptrace(Libc.PTRACE_SEIZE, threadId, 0, options) == 0;
        thread = seized ? new TracedThread(threadId) : null;
        return seized ? Errno.None : (Errno)Marshal.GetLastPInvokeError();
    }

    /// <summary>It stops before it does anything more outside the kernel.</summary>
    public void Interrupt() => Request(Libc.PTRACE_INTERRUPT, 0, 0);

    /// <summary>Lets it go on to the beginning or end of a system call, if nothing else stops it before.</summary>
    public void ResumeToCall(int signal = 0) => Request(Libc.PTRACE_SYSCALL, 0, signal);

    public void Resume(int signal = 0) => Request(Libc.PTRACE_CONT, 0, signal);

    /// <summary>Lets it go for good. What stopped its process meanwhile stops it now.</summary>
    public void Detach() => Request(Libc.PTRACE_DETACH, 0, 0);

    /// <summary>Waits for its next stop.</summary>
    public TraceStop Wait()
    {
        while (true)
        {
            int status;
            int id = Libc.Wait4(-1, &status, Libc.WALL | Libc.WNOTHREAD, null);
            if (id < 0)
            {
                // A thread whose number another took over ends without a word.
                ErrnoException error = ErrnoException.Last("wait4");
                if (error.Error == Errno.ECHILD)
                    return new TraceStop(TraceStopKind.Ended);
                if (error.Error != Errno.EINTR)
                    throw error;
                continue;
            }
            if ((status & 0xFF) != StoppedMark)
            {
                if (id == Id)
                    return new TraceStop(TraceStopKind.Ended);
                continue;
            }
            TraceStop stop = Describe((status >> 8) & 0xFF, status >> 16);
            if (stop.Kind == TraceStopKind.Executed)
                Id = id;
            if (id == Id)
                return stop;
        }
    }

    /// <summary>Waits until it has ended, which something else sees to.</summary>
    public void WaitForEnd()
    {
        while (Wait().Kind != TraceStopKind.Ended)
        {
            // Kernel: what is being killed may still tell of a stop that it was at before.
        }
    }

    /// <summary>Ends its whole process.</summary>
    public void Kill()
    {
        _ = Libc.Kill(Id, Libc.SIGKILL);
        WaitForEnd();
    }

    /// <summary>Whether its process executes this very file.</summary>
    public bool IsExecuting(SafeFileHandle file) => Leads("exe", file);

    /// <summary>Whether its process has this very file under a number.</summary>
    public bool HasDescriptor(int number, SafeFileHandle file) => Leads(string.Create(CultureInfo.InvariantCulture, $"fd/{number}"), file);

    public ThreadRegisters ReadRegisters()
    {
        Libc.UserRegisters values;
        var vector = new Libc.IoVector { Base = &values, Length = (nuint)sizeof(Libc.UserRegisters) };
        Request(Libc.PTRACE_GETREGSET, Libc.NT_PRSTATUS, (nint)(&vector));
        return new ThreadRegisters(values);
    }

    public void WriteRegisters(in ThreadRegisters registers)
    {
        Libc.UserRegisters values = registers.Values;
        var vector = new Libc.IoVector { Base = &values, Length = (nuint)sizeof(Libc.UserRegisters) };
        Request(Libc.PTRACE_SETREGSET, Libc.NT_PRSTATUS, (nint)(&vector));
    }

    /// <summary>The signals that it does not take now, a bit each.</summary>
    public ulong ReadSignalMask()
    {
        ulong mask;
        Request(Libc.PTRACE_GETSIGMASK, sizeof(ulong), (nint)(&mask));
        return mask;
    }

    public void WriteSignalMask(ulong mask) => Request(Libc.PTRACE_SETSIGMASK, sizeof(ulong), (nint)(&mask));

    /// <summary>
    /// Has it make calls one after the other by machine code at a place that it can execute, up to the first that fails, and says how many were made and what the last returned. It must be alone in its
    /// memory; its registers are not restored.
    /// </summary>
    /// <param name="calls">The calls.</param>
    /// <param name="code">A place in its text, which is put back afterwards.</param>
    /// <param name="table">A place of <see cref="TableSize"/> bytes that it can read.</param>
    /// <param name="result">What the last call returned.</param>
    public int MakeCalls(IReadOnlyList<InjectedCall> calls, ulong code, ulong table, out long result)
    {
        Span<byte> kept = stackalloc byte[CallLoop.X64.Length];
        if (!ProcessMemory.TryRead(Id, code, kept, out Errno error) || !ProcessMemory.TryWrite(Id, table, CallLoop.Encode(calls), out error))
            throw new ErrnoException("process_vm_writev", error);
        WriteText(code, CallLoop.X64);
        WriteRegisters(ReadRegisters().Looping(code, table, calls.Count));
        Resume();
        TraceStop stop;
        while ((stop = Wait()) is not { Kind: TraceStopKind.Signal, Signal: Libc.SIGTRAP })
        {
            if (stop.Kind == TraceStopKind.Ended)
                throw new ErrnoException("ptrace", Errno.ESRCH);
            Resume(stop.Kind == TraceStopKind.Signal ? stop.Signal : 0);
        }
        ThreadRegisters after = ReadRegisters();
        if (after.InstructionPointer != code + CallLoop.TrapOffset)
            throw new ErrnoException("ptrace", Errno.EFAULT);
        WriteText(code, kept);
        result = after.Result;
        return calls.Count - (int)after.Values.Rbp;
    }

    /// <summary>How many bytes <see cref="MakeCalls"/> needs for its table.</summary>
    public static int TableSize(int calls) => calls * InjectedCall.Words * sizeof(ulong);

    /// <summary>How many bytes of text <see cref="MakeCalls"/> borrows.</summary>
    public static int CodeSize => CallLoop.X64.Length;

    /// <summary>Has it make one call by the instruction that made its last, and gives the result; the registers are left as they are then.</summary>
    /// <param name="call">The call.</param>
    /// <param name="from">The registers that the instruction is taken of.</param>
    public long MakeCall(in InjectedCall call, in ThreadRegisters from)
    {
        WriteRegisters(from.Calling(call));
        if (StepToCall().Kind != TraceStopKind.SystemCall || !ReadRegisters().IsMaking(call))
            throw new ErrnoException("ptrace", Errno.EFAULT, "another thread has changed the program");
        return StepToCall().Kind == TraceStopKind.SystemCall ? ReadRegisters().Result : throw new ErrnoException("ptrace", Errno.EFAULT);
    }

    /// <summary>Lets it run to the next beginning or end of a call, or to another program. Signals, which only those are that cannot be blocked, are passed on.</summary>
    public TraceStop StepToCall()
    {
        ResumeToCall();
        TraceStop stop;
        while ((stop = Wait()).Kind is TraceStopKind.Signal or TraceStopKind.Interrupted)
            ResumeToCall(stop.Signal);
        return stop.Kind == TraceStopKind.Ended ? throw new ErrnoException("ptrace", Errno.ESRCH) : stop;
    }

    private static TraceStop Describe(int signal, int @event) => @event switch
    {
        Libc.PTRACE_EVENT_EXEC => new TraceStop(TraceStopKind.Executed),
        Libc.PTRACE_EVENT_STOP => new TraceStop(TraceStopKind.Interrupted),
        _ when signal == (Libc.SIGTRAP | SystemCallMark) => new TraceStop(TraceStopKind.SystemCall),
        _ => new TraceStop(TraceStopKind.Signal, signal),
    };

    private static void* CallLoopAddress() => Unsafe.AsPointer(ref MemoryMarshal.GetReference(CallLoop.X64));

    private bool Leads(string magicLink, SafeFileHandle file)
    {
        Libc.StatxBuffer there, wanted;
        byte empty = 0;
        fixed (byte* path = new CPath(string.Create(CultureInfo.InvariantCulture, $"/proc/{Id}/{magicLink}")))
        {
            return Libc.Statx(file, path, 0, DirectoryHandle.StatxBasic, &there) == 0
                && Libc.Statx(file, &empty, Libc.AT_EMPTY_PATH, DirectoryHandle.StatxBasic, &wanted) == 0
                && (there.Inode, there.FileSystemMajor, there.FileSystemMinor) == (wanted.Inode, wanted.FileSystemMajor, wanted.FileSystemMinor);
        }
    }

    /// <summary>
    /// Lets the stack reach down to an address below its pointer, where a word is cleared. It grows for who writes there by ptrace(2) as for the thread itself; for process_vm_writev(2) it does not.
    /// </summary>
    public void GrowStack(ulong address) => Request(Libc.PTRACE_POKETEXT, (nint)(address & ~7ul), 0);

    /// <summary>Writes whole words of text, which cannot be written to by its owner.</summary>
    public void WriteText(ulong address, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<nint> words = MemoryMarshal.Cast<byte, nint>(bytes);
        for (int i = 0; i < words.Length; i++)
            Request(Libc.PTRACE_POKETEXT, (nint)address + (i * sizeof(nint)), words[i]);
    }

    private void Request(int request, nint address, nint data)
    {
        if (Libc.Ptrace(request, Id, address, data) < 0)
            throw ErrnoException.Last("ptrace", request.ToString());
    }
}
