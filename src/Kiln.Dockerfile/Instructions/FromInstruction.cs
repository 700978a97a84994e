// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>`FROM [--platform=p] base [AS name]`: begins a stage.</summary>
/// <param name="Platform">Null where the flag is missing or empty.</param>
/// <param name="StageName">In lower case, however it was written; null where the stage has none.</param>
public sealed record FromInstruction(InstructionOrigin Origin, string BaseName, string? Platform, string? StageName) : Instruction(Origin)
{
    /// <summary>The name behind `AS` as written.</summary>
    public string? WrittenStageName { get; init; }

    /// <summary>The `AS` as written.</summary>
    public string? As { get; init; }

    public override T Accept<T>(IInstructionVisitor<T> visitor) => visitor.VisitFrom(this);
}
