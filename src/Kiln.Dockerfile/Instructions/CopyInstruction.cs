// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>`COPY [flags] source ... destination`.</summary>
public sealed record CopyInstruction(InstructionOrigin Origin, CopySources Sources, CopyOptions Options) : Instruction(Origin)
{
    /// <summary>A stage, its number, an image or a named context. Never expanded: a variable in it is an error of the plan.</summary>
    public string? From { get; init; }

    public bool Parents { get; init; }

    public override T Accept<T>(IInstructionVisitor<T> visitor) => visitor.VisitCopy(this);
}
