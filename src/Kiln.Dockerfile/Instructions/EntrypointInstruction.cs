// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>`ENTRYPOINT command`.</summary>
public sealed record EntrypointInstruction(InstructionOrigin Origin, CommandLine Command) : Instruction(Origin)
{
    public override T Accept<T>(IInstructionVisitor<T> visitor) => visitor.VisitEntrypoint(this);
}
