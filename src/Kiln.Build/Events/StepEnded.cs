// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Events;

/// <summary>A step is done; the size is that of its layer's blob, null where it makes none.</summary>
public sealed record StepEnded(string Stage, TimeSpan Duration, long? LayerSize) : BuildEvent
{
    /// <summary>It was not carried out: its result was in a cache.</summary>
    public bool IsCached { get; init; }

    public override void Accept(IBuildEventVisitor visitor) => visitor.Visit(this);
}
