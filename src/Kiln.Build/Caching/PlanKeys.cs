// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Kiln.Build.Caching;

/// <summary>The keys of a plan's steps.</summary>
/// <param name="Stages">By the stage's index.</param>
internal sealed record PlanKeys(ImmutableDictionary<int, StageKeys> Stages)
{
    internal IEnumerable<StepKey> All => Stages.Values.SelectMany(stage => stage.Steps).OfType<StepKey>();
}
