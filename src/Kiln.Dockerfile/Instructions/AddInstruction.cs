// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>`ADD [flags] source ... destination`: a source can be a URL or a git repository, and archives are unpacked.</summary>
public sealed record AddInstruction(InstructionOrigin Origin, CopySources Sources, CopyOptions Options) : Instruction(Origin)
{
    /// <summary>Expanded later.</summary>
    public string? Checksum { get; init; }

    /// <summary>Null where it was not said.</summary>
    public bool? KeepGitDirectory { get; init; }

    /// <summary>Null where it was not said.</summary>
    public bool? Unpack { get; init; }

    public override T Accept<T>(IInstructionVisitor<T> visitor) => visitor.VisitAdd(this);
}
