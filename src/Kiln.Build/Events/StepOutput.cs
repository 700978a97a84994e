// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Events;

/// <summary>What a `RUN` printed, as it came; the bytes are the receiver's. The number is the step's in its stage.</summary>
public sealed record StepOutput(string Stage, int Number, bool IsError, ReadOnlyMemory<byte> Bytes) : BuildEvent
{
    public override void Accept(IBuildEventVisitor visitor) => visitor.Visit(this);
}
