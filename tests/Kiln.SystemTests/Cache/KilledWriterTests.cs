// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using Kiln.Cache;
using Kiln.Cache.Upkeep;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Cache;

/// <summary>Builds that share a directory and are killed while they write to it.</summary>
public sealed class KilledWriterTests
{
    private const int Rounds = 10;

    private readonly ConcurrentQueue<string> _warnings = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("directory")]
    [InlineData("layout")]
    public async Task What_was_saved_before_a_writer_was_killed_is_whole_and_nothing_else_is_found(string kind)
    {
        using var directory = new TempDirectory();
        string cache = directory.Path("cache");
        var saved = new HashSet<string>();
        var random = new Random(7);

        for (int round = 0; round < Rounds; round++)
        {
            // One is killed after some entries, in the middle of the next ones, while the other goes on.
            using Process killed = CacheWriter.Start(kind, cache), other = CacheWriter.Start(kind, cache);
            saved.UnionWith(await ReadAndKillAsync(killed, 1 + random.Next(40)));
            saved.UnionWith(await ReadAndKillAsync(other, 1 + random.Next(40)));
        }

        await using RegistryClient client = new(new RegistryOptions { UserAgent = "kiln/test" }, new NoCredentials(), TimeProvider.System);
        using var media = new CacheMedia(new CacheOptions { VerifiesLayers = true }, client, TimeProvider.System, _warnings.Enqueue);
        ICacheStore store = media.Open(CacheWriter.Place(kind, cache));
        CacheEntry[] entries = [.. Enumerable.Range(0, CacheWriter.Words).Select(i => CachedSteps.Create($"step {i}").Entry)];
        foreach (CacheEntry entry in entries.Where(entry => saved.Contains(entry.Key.ToString())))
            Assert.Equal(entry.Layer!.DiffId, (await store.FindAsync(entry.Key, Cancel))?.Layer?.DiffId);
        Assert.NotEmpty(saved);
        (int count, var bad) = await media.OpenUpkeep(CacheWriter.Place(kind, cache)).VerifyAsync(removes: false, Cancel);
        Assert.InRange(count, saved.Count, CacheWriter.Words);
        Assert.Empty(bad);
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData("directory")]
    [InlineData("layout")]
    public async Task A_cache_is_pruned_while_builds_write_to_it(string kind)
    {
        using var directory = new TempDirectory();
        string cache = directory.Path("cache");
        using Process writer = CacheWriter.Start(kind, cache);
        await using RegistryClient client = new(new RegistryOptions { UserAgent = "kiln/test" }, new NoCredentials(), TimeProvider.System);
        using var media = new CacheMedia(new CacheOptions { VerifiesLayers = true }, client, TimeProvider.System, _warnings.Enqueue);

        for (int i = 0; i < 20; i++)
        {
            await writer.StandardOutput.ReadLineAsync(Cancel);
            await media.OpenUpkeep(CacheWriter.Place(kind, cache)).PruneAsync(new PruneOptions { KeepBytes = 100 * i }, Cancel);
        }
        await ReadAndKillAsync(writer, 1);

        ICacheStore store = media.Open(CacheWriter.Place(kind, cache));
        foreach (CacheEntry entry in await store.ListAsync(Cancel).ToListAsync(Cancel))
            Assert.NotNull(await store.FindAsync(entry.Key, Cancel));
        Assert.Empty(_warnings);
    }

    private static async Task<List<string>> ReadAndKillAsync(Process writer, int lines)
    {
        var read = new List<string>();
        try
        {
            while (read.Count < lines && await writer.StandardOutput.ReadLineAsync(Cancel) is { } line)
                read.Add(line);
        }
        finally
        {
            writer.Kill();
        }
        // What it said before it ended was saved too; the last line may be cut off.
        string rest = await writer.StandardOutput.ReadToEndAsync(Cancel);
        read.AddRange(rest.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => Digest.TryParse("sha256:" + line, out _)));
        await writer.WaitForExitAsync(Cancel);
        return read;
    }
}
