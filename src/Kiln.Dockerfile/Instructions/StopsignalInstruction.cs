// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>`STOPSIGNAL signal`.</summary>
public sealed record StopsignalInstruction(InstructionOrigin Origin, string Signal) : Instruction(Origin)
{
    public override T Accept<T>(IInstructionVisitor<T> visitor) => visitor.VisitStopsignal(this);
}
