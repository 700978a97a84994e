// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.Identity;
using Kiln.Sandbox.Guest.State;
using Kiln.Sandbox.Supervision;

namespace Kiln.Sandbox.Guest.Calls;

/// <summary>
/// Judges calls that name a process by who caller and process believe to be: to the kernel, which carries out what is permitted, all of a step are one user. What is not the step's does not exist.
/// </summary>
internal sealed class SignalCalls(StepMembers members, GuestStates states)
{
    private const int Everybody = -1;
    private const int Continue = 18; // SIGCONT, which anybody may send within a session
    private const int LongestInformation = 4096;

    private readonly ProcessCalls _others = new(members);

    public void Answer(GuestCall call)
    {
        TrappedCall arguments = call.Arguments;
        switch (arguments.Call)
        {
            case SystemCall.kill when arguments.Number(0) == Everybody:
                Signal(call, members.All().Where(process => process != members.FirstProcess && process != call.Caller.Status?.ProcessId));
                break;
            case SystemCall.kill when arguments.Number(0) <= 0:
                SignalGroup(call, -arguments.Number(0));
                break;
            case SystemCall.kill or SystemCall.tkill or SystemCall.rt_sigqueueinfo:
                Judge(call, arguments.Number(0), target => MaySignal(call, arguments.Number(0), target, arguments.Number(1)));
                break;
            case SystemCall.tgkill or SystemCall.rt_tgsigqueueinfo:
                Judge(call, arguments.Number(1), target => MaySignal(call, arguments.Number(1), target, arguments.Number(2)));
                break;
            case SystemCall.fcntl when arguments.Number(2) > 0:
                Judge(call, arguments.Number(2), target => MaySignal(call, arguments.Number(2), target, signal: 0));
                break;
            case SystemCall.pidfd_send_signal:
                SignalByHandle(call);
                break;
            case SystemCall.process_vm_readv or SystemCall.process_vm_writev or SystemCall.move_pages or SystemCall.migrate_pages:
                Judge(call, arguments.Number(0), target => IsOwn(call, arguments.Number(0)) || call.State.Credentials.MayInspect(target));
                break;
            case SystemCall.kcmp:
                Judge(call, arguments.Number(0), target => IsOwn(call, arguments.Number(0)) || call.State.Credentials.MayInspect(target), arguments.Number(1));
                break;
            case SystemCall.prlimit64 or SystemCall.sched_setparam or SystemCall.sched_setscheduler or SystemCall.sched_setaffinity or SystemCall.sched_setattr:
                Judge(call, arguments.Number(0), target => IsOwn(call, arguments.Number(0)) || call.State.Credentials.MayGovern(target));
                break;
            case SystemCall.setpriority or SystemCall.ioprio_set when states.CredentialsOf(arguments.Number(1)) is { } target && !call.State.Credentials.MayGovern(target):
                call.Caller.Fail(Errno.EPERM);
                break;
            default:
                _others.Answer(call.Caller);
                break;
        }
    }

    private void Judge(GuestCall call, int process, Func<GuestCredentials, bool> may, int? also = null)
    {
        GuestCredentials? target = states.CredentialsOf(process), other = also is { } number ? states.CredentialsOf(number) : target;
        if (target is null || other is null)
            call.Caller.Fail(Errno.ESRCH);
        else if (may(target) && may(other))
            call.Caller.Continue();
        else
            call.Caller.Fail(Errno.EPERM);
    }

    /// <summary>"A process may always signal its own threads": to these the kernel asks nothing.</summary>
    private bool MaySignal(GuestCall call, int process, GuestCredentials target, int signal) =>
        call.State.Credentials.MaySignal(target) || IsOwn(call, process)
        || (signal == Continue && ProcessList.FindSession(process) is { } session && session == ProcessList.FindSession(call.Caller.ThreadId));

    private bool IsOwn(GuestCall call, int process) => process == call.Caller.ThreadId || members.FindProcess(process) == call.Caller.Status?.ProcessId;

    /// <summary>Where all of the group may be signalled the kernel does it, to all at once.</summary>
    private void SignalGroup(GuestCall call, int group)
    {
        int meant = group != 0 ? group : ProcessList.FindGroup(call.Caller.ThreadId) ?? 0;
        int[] processes = [.. ProcessList.InGroup(meant)];
        if (processes.Length == 0 || !processes.All(members.Contains))
            call.Caller.Fail(Errno.ESRCH);
        else if (processes.All(process => states.CredentialsOf(process) is { } target && MaySignal(call, process, target, call.Arguments.Number(1))))
            call.Caller.Continue();
        else
            Signal(call, processes);
    }

    private void Signal(GuestCall call, IEnumerable<int> processes)
    {
        bool any = false, found = false;
        foreach (int process in processes)
        {
            if (states.CredentialsOf(process) is not { } target)
                continue;
            found = true;
            any |= MaySignal(call, process, target, call.Arguments.Number(1)) && Signals.TrySend(process, call.Arguments.Number(1));
        }
        call.Caller.Return(any ? Errno.None : found ? Errno.EPERM : Errno.ESRCH);
    }

    /// <summary>The process whose directory of `/proc` is open under a number, which is a handle of it too (pidfd_send_signal(2)); to the kernel it is another directory.</summary>
    private static int? FindNamed(GuestCall call, int descriptor) =>
        call.Served.HasStandIns && call.Descriptors.GetStatus(call.Caller.ThreadId, descriptor, out FullStatus status) == Errno.None && call.Served.IsStandIn(status, out UnixPath path)
        && path.ToString().Split('/') is ["proc", var id] && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int process) ? process : null;

    private void SignalByHandle(GuestCall call)
    {
        if (FindNamed(call, call.Arguments.Number(0)) is { } named)
        {
            GuestCredentials? target = states.CredentialsOf(named);
            call.Caller.Return(
                target is null ? Errno.ESRCH
                : !MaySignal(call, named, target, call.Arguments.Number(1)) ? Errno.EPERM
                : Signals.TrySend(named, call.Arguments.Number(1)) ? Errno.None
                : Errno.ESRCH);
            return;
        }
        byte[] text = new byte[LongestInformation];
        Errno error = call.Processes.ReadInformationOf(call.Caller.ThreadId, call.Arguments.Number(0), text, out int length);
        if (error != Errno.None)
        {
            call.Caller.Fail(error);
            return;
        }
        string? line = Encoding.ASCII.GetString(text, 0, length).Split('\n').FirstOrDefault(line => line.StartsWith("Pid:", StringComparison.Ordinal));
        if (line is null)
            call.Caller.Fail(Errno.EBADF);
        else if (!int.TryParse(line.AsSpan("Pid:".Length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int process))
            call.Caller.Fail(Errno.ESRCH); // -1: it has ended
        else
            Judge(call, process, target => MaySignal(call, process, target, call.Arguments.Number(1)));
    }
}
