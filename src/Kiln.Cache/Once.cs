// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cache;

/// <summary>Something that happens once, of however many who want it at the same time.</summary>
internal sealed class Once
{
    private int _done;

    internal bool IsDone => Volatile.Read(ref _done) == 1;

    /// <summary>True for the first alone.</summary>
    internal bool Try() => Interlocked.Exchange(ref _done, 1) == 0;
}
