// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;

namespace Kiln.Sandbox.Supervision;

/// <summary>
/// Answers calls that name a process: one of the step's own is the kernel's to judge, all others do not exist. The numbers are in registers, so nothing can change between the look and the
/// call; a number that is given anew in between belongs to a process that nobody aimed at.
/// </summary>
internal sealed class ProcessCalls(StepMembers members)
{
    private const int Everybody = -1;
    private const int OfProcess = 0, OfGroup = 1; // PRIO_PROCESS and PRIO_PGRP; ioprio_set counts from 1

    public void Answer(Caller caller)
    {
        TrappedCall call = caller.Call;
        switch (call.Call)
        {
            case SystemCall.kill when call.Number(0) == Everybody:
                KillEverybody(caller);
                break;
            case SystemCall.kill or SystemCall.fcntl:
                int target = call.Number(call.Call == SystemCall.kill ? 0 : 2);
                Judge(caller, target > 0 ? members.Contains(target) : target == 0 || members.OwnsGroup(-target));
                break;
            case SystemCall.tgkill or SystemCall.rt_tgsigqueueinfo or SystemCall.kcmp:
                Judge(caller, members.Contains(call.Number(0)) && members.Contains(call.Number(1)));
                break;
            case SystemCall.ptrace:
                Judge(caller, members.Contains(call.Number(1)));
                break;
            case SystemCall.setpriority:
                JudgeScope(caller, call.Number(0));
                break;
            case SystemCall.ioprio_set:
                JudgeScope(caller, call.Number(0) - 1);
                break;
            default:
                Judge(caller, members.Contains(call.Number(0)));
                break;
        }
    }

    /// <summary>pidfd_send_signal(2) takes a directory of `/proc` too, as killall(1) has one; to the kernel what is served is another directory.</summary>
    /// <param name="caller">Who signals.</param>
    /// <param name="process">Whose directory it is; null where it is none of these.</param>
    public void SignalByDirectory(Caller caller, int? process)
    {
        if (process is not { } number)
            caller.Continue();
        else if (!members.Contains(number) || ProcessStatus.Find(number) is not { } target)
            caller.Fail(Errno.ESRCH);
        else if (caller.Status is not { } status || !MaySignal(status, target))
            caller.Fail(Errno.EPERM);
        else
            caller.Return(Signals.TrySend(number, caller.Call.Number(1)) ? Errno.None : Errno.ESRCH);
    }

    private static bool MaySignal(ProcessStatus caller, ProcessStatus target) => caller.EffectiveUid == 0 || caller.EffectiveUid == target.EffectiveUid;

    private static void Judge(Caller caller, bool isOwn)
    {
        if (isOwn)
            caller.Continue();
        else
            caller.Fail(Errno.ESRCH);
    }

    /// <summary>All of a user's processes are not the step's alone.</summary>
    private void JudgeScope(Caller caller, int scope)
    {
        int target = caller.Call.Number(1);
        if (scope is OfProcess or OfGroup)
            Judge(caller, scope == OfProcess ? members.Contains(target) : members.OwnsGroup(target));
        else
            caller.Fail(Errno.EPERM);
    }

    /// <summary>
    /// "If pid equals -1, then sig is sent to every process for which the calling process has permission to send signals, except for process 1" (kill(2)), and
    /// on Linux without the caller itself. The step's first process is what process 1 is in a container.
    /// </summary>
    private void KillEverybody(Caller caller)
    {
        if (caller.Status is not { } status)
        {
            caller.Fail(Errno.ESRCH);
            return;
        }
        bool any = false;
        foreach (int process in members.All())
        {
            if (process == status.ProcessId || process == members.FirstProcess || ProcessStatus.Find(process) is not { } target)
                continue;
            if (MaySignal(status, target))
                any |= Signals.TrySend(process, caller.Call.Number(1));
        }
        caller.Return(any ? Errno.None : Errno.ESRCH);
    }
}
