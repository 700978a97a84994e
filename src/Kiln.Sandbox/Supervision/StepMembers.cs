// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Processes;

namespace Kiln.Sandbox.Supervision;

/// <summary>
/// Which processes belong to a step. Its first process adopts what its descendants leave behind (PR_SET_CHILD_SUBREAPER), so as long as it
/// lives all of them, and none else, lead up to it from parent to parent.
/// </summary>
internal sealed class StepMembers(int firstProcess)
{
    public int FirstProcess => firstProcess;

    /// <summary>Whether a process or thread is the step's.</summary>
    public bool Contains(int id) => id > 0 && FindProcess(id) is not null;

    /// <summary>The process that a number means, of a thread its own; null where it is none of the step's.</summary>
    public int? FindProcess(int id)
    {
        if (ProcessStatus.Find(id) is not { } status)
            return null;
        int process = status.ProcessId;
        for (ProcessStatus? at = status; at is not null; at = at.ParentId > 1 ? ProcessStatus.Find(at.ParentId) : null)
            if (at.ProcessId == firstProcess)
                return process;
        return null;
    }

    public IEnumerable<int> All() => ProcessList.All().Where(Contains);

    /// <summary>Whether a process group has members, all of them the step's.</summary>
    public bool OwnsGroup(int group)
    {
        int[] processes = [.. ProcessList.InGroup(group)];
        return processes.Length > 0 && processes.All(Contains);
    }
}
