// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Events;

/// <summary>A stage begins: its place among the stages that are built, from 1.</summary>
public sealed record StageStarted(string Name, string Title, int Number, int Count) : BuildEvent
{
    public override void Accept(IBuildEventVisitor visitor) => visitor.Visit(this);
}
