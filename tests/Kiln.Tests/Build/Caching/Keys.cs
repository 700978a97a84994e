// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Caching;
using Kiln.Build.Stacks;
using Kiln.Cache;
using Kiln.Layers.Blobs;
using Kiln.Oci;
using Kiln.Planning;
using Kiln.Tests.Planning;

namespace Kiln.Tests.Build.Caching;

/// <summary>The keys of plans, in which all files are what they are called and all bases are empty.</summary>
internal static class Keys
{
    public static readonly StepInputs Inputs = new() { Platform = new Platform("linux", "amd64"), Epoch = null, Compression = CompressionOptions.Default };

    public static PlanKeys Of(string dockerfile, PlanOptions? options = null, StepInputs? inputs = null) =>
        new KeyMaker(_ => Task.FromResult(Stack.Empty), null, platform => (inputs ?? Inputs) with { Platform = platform })
            .MakeAsync(Plans.Of(dockerfile, options), CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>The definition keys of the target's steps that make layers.</summary>
    public static IReadOnlyList<CacheKey> OfTarget(string dockerfile, PlanOptions? options = null, StepInputs? inputs = null)
    {
        PlanKeys keys = Of(dockerfile, options, inputs);
        return [.. keys.Stages[keys.Stages.Keys.Max()].Steps.OfType<StepKey>().Select(key => key.Definition)];
    }

    public static CacheKey Last(string dockerfile, PlanOptions? options = null, StepInputs? inputs = null) => OfTarget(dockerfile, options, inputs)[^1];
}
