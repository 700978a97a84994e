// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Build.Events;

/// <summary>A step begins: its place in the stage, from 1, and its instruction's in the Dockerfile.</summary>
public sealed record StepStarted(string Stage, string Title, int Number, int Count, SourceSpan Span) : BuildEvent
{
    public override void Accept(IBuildEventVisitor visitor) => visitor.Visit(this);
}
