// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>`VOLUME path ...`. No path is blank before expansion.</summary>
public sealed record VolumeInstruction(InstructionOrigin Origin, IReadOnlyList<string> Paths) : Instruction(Origin)
{
    public override T Accept<T>(IInstructionVisitor<T> visitor) => visitor.VisitVolume(this);
}
