// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Linux.Seccomp;

/// <summary>What becomes of a system call: the values that a seccomp program returns, seccomp(2).</summary>
public readonly record struct FilterVerdict
{
    private FilterVerdict(uint value) => Value = value;

    /// <summary>The kernel carries it out.</summary>
    public static FilterVerdict Allow { get; } = new(0x7FFF0000);

    /// <summary>The supervisor answers it.</summary>
    public static FilterVerdict Notify { get; } = new(0x7FC00000);

    /// <summary>The process ends with SIGSYS.</summary>
    public static FilterVerdict Kill { get; } = new(0x80000000);

    internal uint Value { get; }

    /// <summary>It fails with an error.</summary>
    public static FilterVerdict Refuse(Errno error) => new(0x00050000 | (uint)error);
}
