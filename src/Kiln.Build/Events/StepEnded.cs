// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Events;

/// <summary>A step is over, well or not; the size is that of its layer's blob, null where it made none.</summary>
public sealed record StepEnded(string Stage, int Number, TimeSpan Duration, StepOutcome Outcome, long? LayerSize) : BuildEvent
{
    /// <summary>The digest of its layer's blob; null where it made none.</summary>
    public string? LayerDigest { get; init; }

    /// <summary>The cache that had the result, for people; null where none had.</summary>
    public string? Cache { get; init; }

    public override void Accept(IBuildEventVisitor visitor) => visitor.Visit(this);
}
