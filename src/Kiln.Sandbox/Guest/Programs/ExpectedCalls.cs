// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Tracing;

namespace Kiln.Sandbox.Guest.Programs;

/// <summary>The calls that we have threads of the guest make. The filter traps them like any other, and they are the kernel's to carry out.</summary>
internal sealed class ExpectedCalls
{
    private readonly ConcurrentDictionary<int, IReadOnlyList<InjectedCall>> _calls = new();

    public void Add(int threadId, IReadOnlyList<InjectedCall> calls) => _calls[threadId] = calls;

    /// <summary>Takes away what was added, and nothing that somebody else has added since: the thread may have called again, or another have its number.</summary>
    public void Remove(int threadId, IReadOnlyList<InjectedCall> calls) => _calls.TryRemove(new(threadId, calls));

    public bool Contains(in TrappedCall trapped)
    {
        if (_calls.TryGetValue(trapped.ThreadId, out IReadOnlyList<InjectedCall>? calls))
            foreach (InjectedCall call in calls)
                if (call.Is(trapped))
                    return true;
        return false;
    }
}
