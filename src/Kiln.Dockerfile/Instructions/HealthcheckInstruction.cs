// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>`HEALTHCHECK [options] CMD command` or `HEALTHCHECK NONE`.</summary>
/// <param name="Test">As the image configuration has it: `NONE`, or `CMD-SHELL` and a text, or `CMD` and the arguments.</param>
public sealed record HealthcheckInstruction(InstructionOrigin Origin, IReadOnlyList<string> Test, HealthcheckTiming Timing) : Instruction(Origin)
{
    public override T Accept<T>(IInstructionVisitor<T> visitor) => visitor.VisitHealthcheck(this);
}
