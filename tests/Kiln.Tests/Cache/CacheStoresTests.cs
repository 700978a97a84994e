// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Kiln.Cache;
using Kiln.Diagnostics;
using Kiln.Oci;
using Xunit;

namespace Kiln.Tests.Cache;

/// <summary>Several stores as one.</summary>
public sealed class CacheStoresTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_in_order_that_has_an_entry_counts_and_gives_the_layer()
    {
        CacheEntry entry = Entries.Of("make", Entries.Layer("x"));
        var stores = new CacheStores(new CacheOptions(), [new MemoryStore(), new MemoryStore(entry with { Title = "second" }), new MemoryStore(entry)], []);

        CacheEntry? found = await stores.FindAsync(entry.Key, Cancel);

        Assert.Equal("second", found?.Title);
        Assert.Equal("second", ((NamedLayer)stores.OpenLayer(found!)).Store);
        Assert.Null(await stores.FindAsync(Entries.Of("other").Key, Cancel));
    }

    [Fact]
    public async Task Nobody_waits_for_a_store_behind_one_that_has_the_entry()
    {
        CacheEntry entry = Entries.Of("make");
        var slow = new MemoryStore { NeverAnswers = true };
        var stores = new CacheStores(new CacheOptions(), [new MemoryStore(entry), slow], []);

        Assert.NotNull(await stores.FindAsync(entry.Key, Cancel));

        Assert.True(slow.WasAsked);
    }

    [Fact]
    public async Task A_store_of_the_least_mode_keeps_the_layers_of_the_image_alone()
    {
        MemoryStore all = new(), least = new();
        var stores = new CacheStores(new CacheOptions(), [], [new CacheTarget(all, CacheMode.Max), new CacheTarget(least, CacheMode.Min)]);

        await stores.SaveAsync(Entries.Of("image"), null, StepReach.Image, Cancel);
        await stores.SaveAsync(Entries.Of("tools"), null, StepReach.OtherStage, Cancel);

        Assert.Equal(["RUN image", "RUN tools"], all.Entries.Values.Select(e => e.Title).Order());
        Assert.Equal(["RUN image"], least.Entries.Values.Select(e => e.Title));
    }

    [Fact]
    public async Task A_store_that_wants_to_be_whole_gets_what_others_had_when_the_build_is_done()
    {
        RawDocument layer = Entries.Layer("x");
        CacheEntry entry = Entries.Of("make", layer);
        MemoryStore main = new(entry, Entries.Of("unused")), branch = new(), second = new();
        CacheTarget[] targets = [new CacheTarget(branch, CacheMode.Min) { TakesHits = true }, new CacheTarget(second, CacheMode.Max)];
        var stores = new CacheStores(new CacheOptions(), [main], targets);
        await stores.FindAsync(entry.Key, Cancel);
        await stores.FindAsync(Entries.Of("other").Key, Cancel);

        await stores.CompleteAsync(Cancel);

        Assert.Equal([entry.Key], branch.Entries.Keys);
        Assert.Equal(entry.Parts, branch.Entries[entry.Key].Parts);
        Assert.Empty(second.Entries);
    }

    [Fact]
    public async Task A_store_that_is_required_fails_a_build_of_which_it_could_not_keep_everything()
    {
        BuildException failure = DiagnosticRules.CacheUnusable.Error("full");
        var stores = new CacheStores(new CacheOptions(), [], [new CacheTarget(new MemoryStore { SavingFailure = failure }, CacheMode.Max) { IsRequired = true }]);
        var indifferent = new CacheStores(new CacheOptions(), [], [new CacheTarget(new MemoryStore { SavingFailure = failure }, CacheMode.Max)]);

        await indifferent.CompleteAsync(Cancel);

        Assert.Same(failure, await Assert.ThrowsAsync<BuildException>(() => stores.CompleteAsync(Cancel)));
    }

    /// <summary>A store in memory.</summary>
    private sealed class MemoryStore(params CacheEntry[] entries) : ICacheStore
    {
        public Dictionary<CacheKey, CacheEntry> Entries { get; } = entries.ToDictionary(e => e.Key);

        public bool NeverAnswers { get; init; }

        public bool WasAsked { get; private set; }

        public string Name => "memory";

        public BuildException? SavingFailure { get; init; }

        public async Task<CacheEntry?> FindAsync(CacheKey key, CancellationToken cancellationToken)
        {
            WasAsked = true;
            if (NeverAnswers)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            return Entries.GetValueOrDefault(key);
        }

        public IBlobSource OpenLayer(CacheEntry entry) => new NamedLayer(Entries[entry.Key].Title, entry.Layer!.Descriptor);

        public Task SaveAsync(CacheEntry entry, IBlobSource? layer, CancellationToken cancellationToken)
        {
            Entries[entry.Key] = entry;
            return Task.CompletedTask;
        }

        public Task<ImmutableArray<KeyPart>> ReadPartsAsync(CacheEntry entry, CancellationToken cancellationToken) => Task.FromResult(entry.Parts);

        public async IAsyncEnumerable<CacheEntry> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            foreach (CacheEntry entry in Entries.Values)
                yield return entry;
        }
    }

    /// <summary>A layer that says which store it came from.</summary>
    private sealed record NamedLayer(string Store, Descriptor Descriptor) : IBlobSource
    {
        public ValueTask<Stream> OpenAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
