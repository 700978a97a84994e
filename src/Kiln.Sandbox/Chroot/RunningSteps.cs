// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Kiln.Linux.Processes;

namespace Kiln.Sandbox.Chroot;

/// <summary>
/// Ends what a step has left. The builder adopts it when the step's first process ends; it is told from the builder's other children by the filter, which
/// nobody can take off, and from the first processes of other steps by their list.
/// </summary>
internal sealed class RunningSteps
{
    private readonly ConcurrentDictionary<int, bool> _firstProcesses = new();
    private readonly Lock _reaping = new();
    private readonly int _ownFilters = ProcessStatus.Find(Environment.ProcessId)!.Filters;

    public RunningSteps() => ProcessAttributes.AdoptOrphans();

    public void Add(int firstProcess) => _firstProcesses[firstProcess] = true;

    /// <summary>Once it has been waited for: until then its number is its own.</summary>
    public void Remove(int firstProcess) => _firstProcesses.TryRemove(firstProcess, out _);

    /// <summary>Kills and buries until there is nobody left. Who is killed leaves children of its own to the builder, hence more than one round.</summary>
    public void EndOrphans()
    {
        lock (_reaping)
        {
            while (Orphans() is { Count: > 0 } orphans)
            {
                foreach (int orphan in orphans)
                    Signals.TrySend(orphan, Signals.Kill);
                foreach (int orphan in orphans)
                    ChildProcess.Bury(orphan);
            }
        }
    }

    private List<int> Orphans()
    {
        int builder = Environment.ProcessId;
        return [.. ProcessList.All().Where(id =>
            !_firstProcesses.ContainsKey(id) && ProcessStatus.Find(id) is { NamespaceDepth: 1 } status && status.ParentId == builder && status.Filters > _ownFilters)];
    }
}
