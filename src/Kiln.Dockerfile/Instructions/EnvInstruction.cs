// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>`ENV name=value ...`: all pairs see the environment as it was before.</summary>
/// <param name="IsLegacy">Whether it was written `ENV name value`.</param>
public sealed record EnvInstruction(InstructionOrigin Origin, IReadOnlyList<NameValuePair> Pairs, bool IsLegacy) : Instruction(Origin)
{
    public override T Accept<T>(IInstructionVisitor<T> visitor) => visitor.VisitEnv(this);
}
