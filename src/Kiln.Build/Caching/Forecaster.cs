// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text;
using Kiln.Build.Stacks;
using Kiln.Cache;
using Kiln.Layers.Deltas;
using Kiln.Oci;
using Kiln.Planning;
using Kiln.Planning.Steps;
using Kiln.Sandbox;

namespace Kiln.Build.Caching;

/// <summary>Makes the keys of a plan, looks all of them up at the same time, and says what comes of it.</summary>
/// <param name="request">What is built.</param>
/// <param name="epoch">What SOURCE_DATE_EPOCH makes of times.</param>
/// <param name="images">Knows the layers of images.</param>
/// <param name="files">Reads what steps read; null where nothing is cached.</param>
/// <param name="cache">The caches; null for none.</param>
/// <param name="findRungAsync">Finds what `RUN` is isolated by; asked only where it matters to a key.</param>
internal sealed class Forecaster(
    BuildRequest request, EpochRule? epoch, ImageResolver images, FileParts? files, BuildCache? cache, Func<Task<IsolationRung>> findRungAsync)
{
    private RungTraits _rung;

    internal KeyMaker Keys => field ??= new KeyMaker(FindStackAsync, files, InputsOf);

    internal async Task<Forecast> RunAsync(BuildPlan plan, CancellationToken cancellationToken)
    {
        if (cache is not null && plan.Stages.SelectMany(stage => stage.Steps).OfType<RunStep>().Any(RungTraitsTable.Matter))
            _rung = RungTraitsTable.Of(await findRungAsync());
        PlanKeys keys = await Keys.MakeAsync(plan, cancellationToken);
        IReadOnlyDictionary<CacheKey, CacheEntry> found = cache is null
            ? ImmutableDictionary<CacheKey, CacheEntry>.Empty
            : await cache.LookUpAsync(keys, timesAreGiven: epoch is not null, cancellationToken);
        var bases = new Dictionary<int, Stack>();
        foreach (StagePlan stage in plan.Stages.Where(stage => stage.Base.IsImage))
            bases[stage.Index] = await FindStackAsync(stage);
        return new Forecast(plan, keys, step => cache is null ? "nothing is cached" : cache.FindExclusion(step), found, bases);
    }

    /// <summary>The plan was made of it, so it is known.</summary>
    private async Task<Stack> FindStackAsync(StagePlan stage) => (await images.ResolveAsync(stage.Base, stage.FromSpan, CancellationToken.None)).Result.Stack;

    private StepInputs InputsOf(Platform platform) => new()
    {
        Platform = platform,
        Epoch = epoch,
        Compression = request.Compression,
        AllowsMetadata = request.AllowsMetadata,
        Ignored = request.Ignored.Texts,
        Rung = _rung,
        Secrets = request.Secrets.ToImmutableDictionary(secret => secret.Key, secret => request.CountsSecretValues ? DigestOf(secret.Key, secret.Value) : null),
        SshAgents = [.. request.SshAgents.Keys],
    };

    /// <summary>With the id, so that two of the same value cannot be told to be so.</summary>
    private static Digest? DigestOf(string id, BuildSecret secret)
    {
        using var writer = new KeyWriter("secret");
        writer.Write(Encoding.UTF8.GetBytes(id));
        writer.Write(secret.Content.Span);
        return writer.Complete();
    }
}
