// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>`SHELL ["program", ...]`: what reads the shell forms below it. There is at least one argument.</summary>
public sealed record ShellInstruction(InstructionOrigin Origin, IReadOnlyList<string> Arguments) : Instruction(Origin)
{
    public override T Accept<T>(IInstructionVisitor<T> visitor) => visitor.VisitShell(this);
}
