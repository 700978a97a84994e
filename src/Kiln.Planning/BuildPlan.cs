// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Kiln.Planning;

/// <summary>What is to be done: the stages that the targets need, in the order of the file.</summary>
/// <param name="Stages">In an order in which each finds what it needs done.</param>
/// <param name="Targets">The numbers of the stages that were asked for, each once: the first becomes the image, the others are only built.</param>
/// <param name="SourceDateEpoch">SOURCE_DATE_EPOCH, in seconds, where the build was given it.</param>
public sealed record BuildPlan(ImmutableArray<StagePlan> Stages, ImmutableArray<int> Targets, long? SourceDateEpoch)
{
    /// <summary>The stage that becomes the image.</summary>
    public StagePlan Target => Stages.First(stage => stage.Index == Targets[0]);
}
