// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Linux.Seccomp;

/// <summary>
/// A test of the low 32 bits of a system call's argument, which are all that the kernel takes of descriptors, process ids and modes.
/// </summary>
/// <param name="Index">Which argument, from 0.</param>
/// <param name="Kind">How it is compared.</param>
/// <param name="Value">With what.</param>
/// <param name="Mask">The bits that count.</param>
/// <param name="IsOfHigh">Whether the test is of the high 32 bits after all.</param>
public readonly record struct ArgumentTest(int Index, ArgumentComparison Kind, uint Value, uint Mask = uint.MaxValue, bool IsOfHigh = false)
{
    public static ArgumentTest Is(int index, int value) => new(index, ArgumentComparison.Equal, (uint)value);

    public static ArgumentTest HasBits(int index, uint mask, uint value) => new(index, ArgumentComparison.Equal, value, mask);

    /// <summary>At least a value, as unsigned numbers: a negative one is large.</summary>
    public static ArgumentTest IsAtLeast(int index, uint value) => new(index, ArgumentComparison.AtLeast, value);

    /// <summary>The high 32 bits of an address or a length.</summary>
    public static ArgumentTest IsHigh(int index, uint value) => new(index, ArgumentComparison.Equal, value, IsOfHigh: true);

    public static ArgumentTest IsHighAtLeast(int index, uint value) => new(index, ArgumentComparison.AtLeast, value, IsOfHigh: true);
}
