// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>`ARG name[=default] ...`: each sees those before it.</summary>
public sealed record ArgInstruction(InstructionOrigin Origin, IReadOnlyList<ArgDeclaration> Declarations) : Instruction(Origin)
{
    public override T Accept<T>(IInstructionVisitor<T> visitor) => visitor.VisitArg(this);
}
