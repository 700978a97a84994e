// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Events;

/// <summary>A stage is over, well or not. Several may be under way at the same time.</summary>
public sealed record StageEnded(string Name) : BuildEvent
{
    public override void Accept(IBuildEventVisitor visitor) => visitor.Visit(this);
}
