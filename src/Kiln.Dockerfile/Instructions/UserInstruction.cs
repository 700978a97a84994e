// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>`USER name[:group]`.</summary>
public sealed record UserInstruction(InstructionOrigin Origin, string User) : Instruction(Origin)
{
    public override T Accept<T>(IInstructionVisitor<T> visitor) => visitor.VisitUser(this);
}
