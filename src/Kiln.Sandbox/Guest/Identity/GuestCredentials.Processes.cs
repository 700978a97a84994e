// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Credentials;

namespace Kiln.Sandbox.Guest.Identity;

/// <summary>What the process may do to other processes of the step.</summary>
internal sealed partial record GuestCredentials
{
    /// <summary>kill(2): "the real or effective user ID of the sending process must equal the real or saved set-user-ID of the target process". A process may always signal its own threads, and its
    /// session with SIGCONT: who asks knows of these.</summary>
    public bool MaySignal(GuestCredentials target) =>
        Users.Effective == target.Users.Saved || Users.Effective == target.Users.Real || Users.Real == target.Users.Saved || Users.Real == target.Users.Real
        || Capabilities.Has(Capability.Kill);

    /// <summary>Whether it may set another's limits and priorities, without CAP_SYS_RESOURCE and CAP_SYS_NICE, which no container has: prlimit(2), sched(7).</summary>
    public bool MayGovern(GuestCredentials target) => IsAll(target.Users, Users.Real) || Users.Effective == target.Users.Effective || Users.Effective == target.Users.Real;

    /// <summary>
    /// Whether another process's `/proc/PID/environ`, `fd`, `exe` and the like are open to it, "Ptrace access mode checking" in ptrace(2) with PTRACE_MODE_READ_FSCREDS. To itself they always are.
    /// </summary>
    public bool MayInspect(GuestCredentials target)
    {
        if (Capabilities.Has(Capability.TraceProcesses))
            return true;
        bool isSame = IsAll(target.Users, Users.File) && IsAll(target.Groups, Groups.File);
        return isSame && target.IsDumpable && CapabilitySets.Contains(Capabilities.Effective, target.Capabilities.Permitted);
    }

    /// <summary>Whose the files of its directory in `/proc` are: "The files inside each /proc/pid directory are normally owned by the effective user and effective group ID of the process", proc_pid(5).</summary>
    public (uint Uid, uint Gid) OwnerInProc => IsDumpable ? (Users.Effective, Groups.Effective) : (0, 0);

    private static bool IsAll(Supervision.Ownership.RecordedIds ids, uint id) => ids.Real == id && ids.Effective == id && ids.Saved == id;
}
