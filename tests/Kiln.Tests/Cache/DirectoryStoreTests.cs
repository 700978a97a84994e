// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Kiln.Cache;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Tests.Store;
using Xunit;

namespace Kiln.Tests.Cache;

/// <summary>A directory as a cache of steps.</summary>
public sealed class DirectoryStoreTests : StoreDirectory
{
    private readonly List<string> _warnings = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_saved_is_found_by_another_build_with_its_layer_and_its_parts()
    {
        RawDocument layer = Entries.Layer("x");
        CacheEntry entry = Entries.Of("make", layer);
        await Open().SaveAsync(entry, layer, Cancel);

        ICacheStore other = Open();
        CacheEntry? found = await other.FindAsync(entry.Key, Cancel);

        Assert.Equal(Entries.Describe(entry), Entries.Describe(found));
        Assert.Equal("x", await Entries.ReadAsync(other.OpenLayer(found!), Cancel));
        Assert.Equal(entry.Parts, await other.ReadPartsAsync(found!, Cancel));
        Assert.Equal([entry.Key], await other.ListAsync(Cancel).Select(e => e.Key).ToListAsync(Cancel));
        Assert.Empty(_warnings);
    }

    [Fact]
    public void Every_entry_comes_back_as_it_was_but_for_the_length_of_its_title()
    {
        int at = 0;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(Arb.From(Entries.Any), entry =>
        {
            ICacheStore store = Open($"{at++}");
            store.SaveAsync(entry, entry.Layer is null ? null : Entries.Layer(entry.Layer.Descriptor.Digest == Entries.Layer("x").Digest ? "x" : "y"), Cancel).GetAwaiter().GetResult();
            CacheEntry found = store.FindAsync(entry.Key, Cancel).GetAwaiter().GetResult()!;
            string title = entry.Title.Length > 512 ? entry.Title[..511] + "\u2026" : entry.Title.Replace('\ud83d', '\ufffd');
            return Entries.Describe(found) == Entries.Describe(entry with { Title = title })
                && store.ReadPartsAsync(found, Cancel).GetAwaiter().GetResult().Select(p => p.Name).SequenceEqual(entry.Parts.Select(p => p.Name));
        }));
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task An_entry_that_was_cut_off_anywhere_is_a_miss()
    {
        (CacheEntry entry, string path) = await SaveAsync();
        byte[] whole = await File.ReadAllBytesAsync(path, Cancel);

        for (int length = 0; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(path, whole[..length], Cancel);
            Assert.Null(await Open().FindAsync(entry.Key, Cancel));
        }
    }

    [Fact]
    public async Task An_entry_of_which_a_bit_is_wrong_is_a_miss_or_says_what_it_said()
    {
        (CacheEntry entry, string path) = await SaveAsync();
        byte[] whole = await File.ReadAllBytesAsync(path, Cancel);
        int misses = 0;

        for (int at = 0; at < whole.Length; at++)
        {
            byte[] flipped = [.. whole];
            flipped[at] ^= (byte)(1 << (at % 8));
            await File.WriteAllBytesAsync(path, flipped, Cancel);
            CacheEntry? found = await Open().FindAsync(entry.Key, Cancel);
            misses += found is null ? 1 : 0;
            Assert.True(found is null || Entries.Describe(found) == Entries.Describe(entry), $"byte {at} makes {Entries.Describe(found)}");
        }
        Assert.InRange(misses, whole.Length / 2, whole.Length);
    }

    [Fact]
    public async Task Another_keys_entry_is_a_miss()
    {
        (CacheEntry entry, string path) = await SaveAsync();
        CacheKey other = Entries.Of("other").Key;
        File.Move(path, path.Replace(entry.Key.ToString(), other.ToString(), StringComparison.Ordinal));

        Assert.Null(await Open().FindAsync(other, Cancel));

        Assert.Contains("is another key's entry", Assert.Single(_warnings));
    }

    [Fact]
    public async Task An_entry_without_its_layer_or_with_one_that_was_cut_off_is_a_miss()
    {
        (CacheEntry entry, _) = await SaveAsync();
        string blob = PathOf("cache", "blobs", "sha256", entry.Layer!.Descriptor.Digest.Hex);

        await File.WriteAllTextAsync(blob, "", Cancel);
        Assert.Null(await Open().FindAsync(entry.Key, Cancel));
        File.Delete(blob);
        Assert.Null(await Open().FindAsync(entry.Key, Cancel));

        Assert.All(_warnings, warning => Assert.Contains("is missing or cut off", warning));
    }

    [Fact]
    public async Task A_layer_of_other_bytes_fails_whoever_reads_it_and_is_a_miss_from_then_on()
    {
        (CacheEntry entry, _) = await SaveAsync();
        await File.WriteAllTextAsync(PathOf("cache", "blobs", "sha256", entry.Layer!.Descriptor.Digest.Hex), "y", Cancel);
        ICacheStore store = Open();
        CacheEntry found = (await store.FindAsync(entry.Key, Cancel))!;

        await Assert.ThrowsAsync<BuildException>(() => Entries.ReadAsync(store.OpenLayer(found), Cancel));

        Assert.Null(await Open().FindAsync(entry.Key, Cancel));
    }

    [Fact]
    public async Task Where_layers_are_verified_one_of_other_bytes_or_another_diff_id_is_a_miss()
    {
        var options = new CacheOptions { VerifiesLayers = true };
        (RawDocument blob, CacheEntry entry) = Entries.Packed("right");
        CacheEntry wrong = entry with { Key = Entries.Of("wrong").Key, Layer = entry.Layer! with { DiffId = Digest.Sha256("other"u8) } };
        await Open().SaveAsync(entry, blob, Cancel);
        await Open().SaveAsync(wrong, blob, Cancel);

        Assert.NotNull(await Open(options: options).FindAsync(entry.Key, Cancel));
        Assert.Null(await Open(options: options).FindAsync(wrong.Key, Cancel));
        await File.WriteAllBytesAsync(PathOf("cache", "blobs", "sha256", blob.Digest.Hex), new byte[blob.Descriptor.Size], Cancel);
        Assert.Null(await Open(options: options).FindAsync(entry.Key, Cancel));
    }

    [Fact]
    public async Task An_entry_is_good_for_its_time_and_no_longer()
    {
        var time = new SetTime();
        CacheEntry entry = Entries.Of("make");
        await Open(time: time).SaveAsync(entry, null, Cancel);

        time.Advance(TimeSpan.FromDays(14));
        Assert.NotNull(await Open(time: time).FindAsync(entry.Key, Cancel));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await Open(time: time).FindAsync(entry.Key, Cancel));
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_is_told_once_and_fails_nothing()
    {
        await File.WriteAllTextAsync(PathOf("cache"), "a file", Cancel);
        ICacheStore store = Open();

        await store.SaveAsync(Entries.Of("one"), null, Cancel);
        await store.SaveAsync(Entries.Of("two"), null, Cancel);
        Assert.Null(await store.FindAsync(Entries.Of("one").Key, Cancel));

        Assert.StartsWith($"nothing more is kept in the cache `cache`: `{PathOf("cache")}", _warnings[0], StringComparison.Ordinal);
        Assert.NotNull(store.SavingFailure);
    }

    [Fact]
    public async Task What_a_killed_build_left_is_removed_by_a_later_one()
    {
        (CacheEntry entry, _) = await SaveAsync();
        string old = PathOf("cache", "blobs", "1234.partial");
        string young = PathOf("cache", "blobs", "5678.partial");
        await File.WriteAllTextAsync(old, "half", Cancel);
        await File.WriteAllTextAsync(young, "half", Cancel);
        File.SetLastWriteTimeUtc(old, File.GetLastWriteTimeUtc(young).AddHours(-2));

        await Open().SaveAsync(entry, Entries.Layer("x"), Cancel);

        Assert.False(File.Exists(old));
        Assert.True(File.Exists(young));
    }

    [Fact]
    public async Task Many_builds_that_save_and_find_the_same_keys_at_once_find_what_they_saved()
    {
        string[] words = [.. Enumerable.Range(0, 20).Select(i => $"step {i}")];

        await Parallel.ForEachAsync(Enumerable.Range(0, 8), Cancel, async (_, token) =>
        {
            ICacheStore store = Open();
            foreach (string word in words)
            {
                RawDocument layer = Entries.Layer(word);
                await store.SaveAsync(Entries.Of(word, layer), layer, token);
                CacheEntry found = (await store.FindAsync(Entries.Of(word).Key, token))!;
                Assert.Equal(word, await Entries.ReadAsync(store.OpenLayer(found), token));
            }
        });

        Assert.Empty(_warnings);
        Assert.Empty(Directory.GetFiles(PathOf("cache", "blobs"), "*.partial"));
    }

    private ICacheStore Open(string name = "cache", CacheOptions? options = null, TimeProvider? time = null) =>
        CacheMediaOf.Options(options, time, Warn).Open(new DirectoryCache(name, PathOf(name)));

    private void Warn(string text)
    {
        lock (_warnings)
            _warnings.Add(text);
    }

    private async Task<(CacheEntry Entry, string Path)> SaveAsync()
    {
        RawDocument layer = Entries.Layer("x");
        CacheEntry entry = Entries.Of("make", layer);
        await Open().SaveAsync(entry, layer, Cancel);
        return (entry, PathOf("cache", "entries", entry.Key.ToString()));
    }
}
