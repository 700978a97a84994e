// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>`CMD command`: what the image runs, or the arguments of its entrypoint.</summary>
public sealed record CmdInstruction(InstructionOrigin Origin, CommandLine Command) : Instruction(Origin)
{
    public override T Accept<T>(IInstructionVisitor<T> visitor) => visitor.VisitCmd(this);
}
