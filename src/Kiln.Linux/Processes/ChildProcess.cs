// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Processes;

/// <summary>
/// A child of the thread that started it. It does nothing before <see cref="Release"/>, and it is killed when that thread ends: the
/// thread must stay until <see cref="Wait"/> has returned.
/// </summary>
public sealed unsafe class ChildProcess : IDisposable
{
    private readonly SafeFileHandle _gate;

    private ChildProcess(int processId, SafeFileHandle handle, SafeFileHandle gate)
    {
        ProcessId = processId;
        Handle = handle;
        _gate = gate;
    }

    public int ProcessId { get; }

    /// <summary>Its pidfd, which can be read once it has ended.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>
    /// Makes the child, which then, in machine code alone: asks to be killed with its parent; waits at the gate, or
    /// ends where the parent is gone; takes the descriptors into their places and closes all others; executes this program.
    /// </summary>
    public static ChildProcess Start(Reexecution program)
    {
        using var gate = Pipe.Create();
        using var script = new SyscallScript();
        nint pidfd = script.Allocate(sizeof(int));
        script.Add(Libc.SYS_clone, [(nint)program.Namespaces | Libc.CLONE_PIDFD | Libc.SIGCHLD, 0, pidfd], 0);
        script.Add(Libc.SYS_prctl, [Libc.PR_SET_PDEATHSIG, Libc.SIGKILL], 0);
        // Our end first: while the child holds it, the parent's death would not end the read.
        script.Add(Libc.SYS_close, [Number(gate.Writer)], 0);
        script.Add(Libc.SYS_read, [Number(gate.Reader), script.Allocate(1), 1], 1);
        List<SafeFileHandle> raised = AddDescriptors(script, program.Descriptors);
        script.Add(Libc.SYS_execve, [script.Text(OwnProgram.FindPath()), script.Vector(program.Arguments), script.Vector(program.Environment)], 0);

        nint processId = script.Run();
        foreach (SafeFileHandle handle in raised)
            handle.Dispose();
        if (processId < 0)
            throw new ErrnoException("clone", (Errno)(-processId), program.Namespaces.ToString());
        var writer = new SafeFileHandle(gate.Writer.DangerousGetHandle(), ownsHandle: true);
        gate.Writer.SetHandleAsInvalid();
        return new ChildProcess((int)processId, new SafeFileHandle(*(int*)pidfd, ownsHandle: true), writer);
    }

    /// <summary>Lets it go on to the program.</summary>
    public void Release()
    {
        Descriptor.Write(_gate, [1]);
        _gate.Dispose();
    }

    /// <summary>Kills it, and with it its pid namespace where it is the first there; no error where it has ended.</summary>
    public void Kill() => Signal(Libc.SIGKILL);

    public void Signal(int signal)
    {
        if (Libc.PidfdSendSignal(Libc.SYS_pidfd_send_signal, Handle, signal, null, 0) != 0
            && ErrnoException.Last("pidfd_send_signal") is var error && error.Error != Errno.ESRCH)
            throw error;
    }

    /// <summary>Waits for its end, once, on the thread that started it.</summary>
    public ProcessExit Wait()
    {
        Libc.SignalInfo info = default;
        // Kernel: without __WNOTHREAD this would take the stops, too, of a child that another thread of ours traces.
        while (Libc.WaitId(Libc.P_PIDFD, Handle, &info, Libc.WEXITED | Libc.WNOTHREAD) != 0)
            if (ErrnoException.Last("waitid") is var error && error.Error != Errno.EINTR)
                throw error;
        return info.Code == Libc.CLD_EXITED ? new ProcessExit(info.Status, 0) : new ProcessExit(0, info.Status);
    }

    /// <summary>As <see cref="Wait"/>, for the first process of a pid namespace: what others abandoned and ends meanwhile is buried.</summary>
    public ProcessExit WaitAndBury()
    {
        Libc.SignalInfo info = default;
        while (true)
        {
            if (Libc.WaitForId(Libc.P_ALL, 0, &info, Libc.WEXITED | Libc.WNOWAIT) != 0)
            {
                if (ErrnoException.Last("waitid") is var error && error.Error != Errno.EINTR)
                    throw error;
            }
            else if (info.ProcessId == ProcessId)
            {
                return Wait();
            }
            else
            {
                Bury(info.ProcessId);
            }
        }
    }

    /// <summary>Waits for the end of a child that was adopted; one that is none is passed over.</summary>
    public static void Bury(int processId)
    {
        Libc.SignalInfo info = default;
        while (Libc.WaitForId(Libc.P_PID, processId, &info, Libc.WEXITED | Libc.WALL) != 0)
            if (ErrnoException.Last("waitid").Error != Errno.EINTR)
                return;
    }

    public void Dispose()
    {
        _gate.Dispose();
        Handle.Dispose();
    }

    /// <summary>
    /// The descriptors are first copied to numbers above all places, so that taking one place never overwrites what another is to be copied from;
    /// dup3 then clears the flag that would close them at the execve.
    /// </summary>
    private static List<SafeFileHandle> AddDescriptors(SyscallScript script, IReadOnlyList<SafeFileHandle>? descriptors)
    {
        var raised = new List<SafeFileHandle>();
        if (descriptors is null)
            return raised;
        foreach (SafeFileHandle descriptor in descriptors)
        {
            int copy = Libc.Fcntl(descriptor, Libc.F_DUPFD_CLOEXEC, descriptors.Count);
            raised.Add(copy >= 0 ? new SafeFileHandle(copy, ownsHandle: true) : throw ErrnoException.Last("fcntl", "F_DUPFD_CLOEXEC"));
        }
        for (int place = 0; place < raised.Count; place++)
            script.Add(Libc.SYS_dup3, [Number(raised[place]), place, 0], 0);
        script.Add(Libc.SYS_close_range, [raised.Count, int.MaxValue, 0], 0);
        return raised;
    }

    // SAFETY: the script keeps the number only while the handle lives, in this process and in the copy that is the child.
    private static nint Number(SafeFileHandle handle) => handle.DangerousGetHandle();
}
