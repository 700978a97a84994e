// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>`MAINTAINER author`, which a label has replaced.</summary>
public sealed record MaintainerInstruction(InstructionOrigin Origin, string Author) : Instruction(Origin)
{
    public override T Accept<T>(IInstructionVisitor<T> visitor) => visitor.VisitMaintainer(this);
}
