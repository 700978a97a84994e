// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Fuzz;

/// <summary>Something that reads what others wrote, and inputs that are nearly right.</summary>
internal interface IFuzzTarget
{
    string Name { get; }

    /// <summary>Pieces that inputs are put together from.</summary>
    IReadOnlyList<byte[]> Pieces { get; }

    /// <summary>Whole inputs to begin with.</summary>
    IReadOnlyList<byte[]> Samples { get; }

    /// <summary>Reads an input. To refuse it with the error that is meant for that is right; any other exception is a defect.</summary>
    void Read(byte[] input);
}
