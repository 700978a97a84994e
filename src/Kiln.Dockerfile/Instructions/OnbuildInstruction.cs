// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>`ONBUILD instruction`: runs in the builds that are based on this image.</summary>
/// <param name="Trigger">As Docker stores it: continuation lines joined, heredocs behind it.</param>
public sealed record OnbuildInstruction(InstructionOrigin Origin, string Trigger) : Instruction(Origin)
{
    public override T Accept<T>(IInstructionVisitor<T> visitor) => visitor.VisitOnbuild(this);
}
