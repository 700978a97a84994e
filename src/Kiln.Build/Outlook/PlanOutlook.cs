// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Kiln.Build.Outlook;

/// <summary>What a build would do now, as far as it can be told without doing it.</summary>
/// <param name="Stages">The stages that the target may need, in the order of the file.</param>
/// <param name="Layers">The layers that will surely be fetched or unpacked, each once.</param>
/// <param name="Rung">What `RUN` is isolated by on this machine; null where no `RUN` may be carried out.</param>
/// <param name="WhyNotBetter">What stands in the way of the rung above; null where nothing does.</param>
public sealed record PlanOutlook(ImmutableArray<StageOutlook> Stages, ImmutableArray<LayerOutlook> Layers, string? Rung, string? WhyNotBetter)
{
    public long FetchedBytes => Layers.Where(layer => layer.IsFetched).Sum(layer => layer.Size);
}
