// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>`LABEL name=value ...`.</summary>
/// <param name="IsLegacy">Whether it was written `LABEL name value`.</param>
public sealed record LabelInstruction(InstructionOrigin Origin, IReadOnlyList<NameValuePair> Pairs, bool IsLegacy) : Instruction(Origin)
{
    public override T Accept<T>(IInstructionVisitor<T> visitor) => visitor.VisitLabel(this);
}
