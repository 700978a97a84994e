// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Kiln.Planning;

/// <summary>What is to be done: the stages that the target needs, in the order of the file. The target is the last of them.</summary>
/// <param name="Stages">In an order in which each finds what it needs done.</param>
/// <param name="SourceDateEpoch">SOURCE_DATE_EPOCH, in seconds, where the build was given it.</param>
public sealed record BuildPlan(ImmutableArray<StagePlan> Stages, long? SourceDateEpoch)
{
    public StagePlan Target => Stages[^1];
}
