// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Events;

/// <summary>A step begins: its place in the stage, from 1.</summary>
public sealed record StepStarted(string Stage, string Title, int Number, int Count) : BuildEvent
{
    public override void Accept(IBuildEventVisitor visitor) => visitor.Visit(this);
}
