// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Kiln.Linux.Seccomp;

/// <summary>A verdict on a system call whose arguments pass all tests. Of several rules for a call the first that fits counts; a call that none fits is allowed.</summary>
public sealed record FilterRule(SystemCall Call, FilterVerdict Verdict, ImmutableArray<ArgumentTest> Tests)
{
    public FilterRule(SystemCall call, FilterVerdict verdict)
        : this(call, verdict, [])
    {
    }

    /// <summary>Where the caller must go on afterwards: the address behind the one instruction that the rule is for. Null: anywhere.</summary>
    public ulong? ReturnAddress { get; init; }
}
