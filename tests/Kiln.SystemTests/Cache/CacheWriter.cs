// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Kiln.Cache;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.SystemTests.Registry;

namespace Kiln.SystemTests.Cache;

/// <summary>A process that saves entries into a directory without end, several at a time: what a build does to a cache, to be killed at it.</summary>
internal static class CacheWriter
{
    public const string Argument = "--write-cache";
    public const int Words = 50;

    public static CachePlace Place(string kind, string directory) => kind == "layout" ? new LayoutCache(directory, directory) : new DirectoryCache(directory, directory);

    public static Process Start(string kind, string directory)
    {
        var info = new ProcessStartInfo(Environment.ProcessPath!, [Argument, kind, directory]) { UseShellExecute = false, RedirectStandardOutput = true };
        return Process.Start(info)!;
    }

    /// <summary>Writes a line for every entry that it has saved.</summary>
    public static async Task<int> RunAsync(string kind, string directory)
    {
        await using RegistryClient client = new(new RegistryOptions { UserAgent = "kiln/test" }, new NoCredentials(), TimeProvider.System);
        using var media = new CacheMedia(new CacheOptions(), client, TimeProvider.System, Console.Error.WriteLine);
        ICacheStore store = media.Open(Place(kind, directory));
        var random = new Random();
        var options = new ParallelOptions { MaxDegreeOfParallelism = 4 };
        await Parallel.ForEachAsync(Enumerable.Range(0, int.MaxValue), options, async (_, token) =>
        {
            (RawDocument layer, CacheEntry entry) = CachedSteps.Create($"step {random.Next(Words)}");
            await store.SaveAsync(entry, layer, token);
            Console.WriteLine(entry.Key);
        });
        return 0;
    }
}
