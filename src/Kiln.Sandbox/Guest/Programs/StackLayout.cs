// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Guest.Programs;

/// <summary>A stack for a program's start, as it is to be written.</summary>
internal sealed record StackLayout
{
    /// <summary>Where it is written to, which is the program's stack pointer.</summary>
    public required ulong Address { get; init; }

    public required byte[] Bytes { get; init; }

    /// <summary>The part of them that is the auxiliary vector.</summary>
    public required ReadOnlyMemory<byte> AuxiliaryVector { get; init; }

    /// <summary>Where the texts of the arguments lie.</summary>
    public required (ulong Start, ulong End) Arguments { get; init; }
}
