// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>`WORKDIR path`.</summary>
public sealed record WorkdirInstruction(InstructionOrigin Origin, string Path) : Instruction(Origin)
{
    public override T Accept<T>(IInstructionVisitor<T> visitor) => visitor.VisitWorkdir(this);
}
