// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>`EXPOSE port ...`.</summary>
/// <param name="Ports">In bytewise order, as Docker sorts them before it expands them.</param>
public sealed record ExposeInstruction(InstructionOrigin Origin, IReadOnlyList<string> Ports) : Instruction(Origin)
{
    public override T Accept<T>(IInstructionVisitor<T> visitor) => visitor.VisitExpose(this);
}
