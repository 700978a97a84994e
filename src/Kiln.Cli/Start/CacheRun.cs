// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.Cache;
using Kiln.Cache.Upkeep;
using Kiln.Cli.Flags;
using Kiln.Diagnostics;

namespace Kiln.Cli.Start;

/// <summary>`kiln cache`: one command over each of the caches that flags name, one after the other. What is found goes to the standard output.</summary>
internal sealed class CacheRun : IAsyncDisposable
{
    private const int ShownDigits = 12;
    private const int ShownTitle = 80;

    private readonly BuildArguments _arguments;
    private readonly RegistryConnections _registries;
    private readonly BucketConnections _buckets;
    private readonly CacheMedia _media;
    private readonly IReadOnlyList<CachePlace> _places;
    private readonly TextWriter _output;

    internal CacheRun(BuildArguments arguments, IReadOnlyDictionary<string, string> environment, TextWriter output)
    {
        (_arguments, _output) = (arguments, output);
        _places = [.. FindPlaces(arguments, environment)];
        _registries = new RegistryConnections(arguments, environment);
        _buckets = new BucketConnections(environment, _registries.Access);
        _media = new CacheMedia(new CacheOptions(), _registries.Client, TimeProvider.System, _ => { }) { Buckets = _buckets.Open };
    }

    internal async Task<int> ListAsync(CancellationToken cancellationToken)
    {
        await _output.WriteLineAsync($"{"KEY",-ShownDigits}  {"SIZE",10}  {"SAVED",-16}  {"LAST USED",-16}  INSTRUCTION");
        foreach (CacheUpkeep cache in Caches())
        {
            await foreach (CachedItem item in cache.ListAsync(cancellationToken))
                await _output.WriteLineAsync(Describe(item));
        }
        return 0;
    }

    internal async Task<int> MeasureAsync(CancellationToken cancellationToken)
    {
        foreach (CacheUpkeep cache in Caches())
        {
            CacheUsage usage = await cache.MeasureAsync(cancellationToken);
            string broken = usage.Broken > 0 ? $", {usage.Broken} broken" : "";
            string unwanted = usage.UnwantedBytes > 0 ? $", {ByteCount.Format(usage.UnwantedBytes)} that no entry needs" : "";
            await _output.WriteLineAsync($"{cache.Name}: {usage.Entries} entries{broken}, {usage.Layers} layers, {ByteCount.Format(usage.Bytes)}{unwanted}");
        }
        return 0;
    }

    internal async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        var options = new PruneOptions
        {
            KeepFor = _arguments.KeepDays is { Length: > 0 } days ? TimeSpan.FromDays(RequestFactory.ReadCount(days, "--keep-days")) : null,
            KeepBytes = _arguments.KeepSize is { Length: > 0 } size ? ReadSize(size) : null,
            IsTrial = _arguments.DryRun,
        };
        foreach (CacheUpkeep cache in Caches())
        {
            PruneSummary summary = await cache.PruneAsync(options, cancellationToken);
            foreach (CachedItem item in summary.Removed)
                await _output.WriteLineAsync(Describe(item));
            string done = options.IsTrial ? "would remove" : "removed";
            await _output.WriteLineAsync($"{cache.Name}: {done} {summary.Removed.Length} entries, which take {ByteCount.Format(summary.FreedBytes)}; {summary.Kept} stay");
        }
        return 0;
    }

    /// <summary>Status 1 where something bad stays.</summary>
    internal async Task<int> VerifyAsync(CancellationToken cancellationToken)
    {
        bool staysBad = false;
        foreach (CacheUpkeep cache in Caches())
        {
            (int count, var bad) = await cache.VerifyAsync(_arguments.RemoveBroken, cancellationToken);
            foreach (CachedItem item in bad)
                await _output.WriteLineAsync(Plain($"{item.Key}: {item.Flaw}"));
            string removed = _arguments.RemoveBroken && bad.Length > 0 ? ", removed" : "";
            await _output.WriteLineAsync($"{cache.Name}: {count} entries, {bad.Length} bad{removed}");
            staysBad |= bad.Length > 0 && !_arguments.RemoveBroken;
        }
        return staysBad ? 1 : 0;
    }

    public async ValueTask DisposeAsync()
    {
        _media.Dispose();
        _buckets.Dispose();
        await _registries.DisposeAsync();
    }

    /// <summary>`500MB` in units of 1000, `20GiB` and `20G` in those of 1024.</summary>
    internal static long ReadSize(string text)
    {
        string number = text.TrimEnd('B', 'b', 'i', 'k', 'K', 'M', 'm', 'G', 'g', 'T', 't').Trim();
        string unit = text[number.Length..].Trim().ToUpperInvariant();
        double? factor = unit switch
        {
            "" or "B" => 1,
            "KB" => 1e3,
            "MB" => 1e6,
            "GB" => 1e9,
            "TB" => 1e12,
            "K" or "KIB" => 1L << 10,
            "M" or "MIB" => 1L << 20,
            "G" or "GIB" => 1L << 30,
            "T" or "TIB" => 1L << 40,
            _ => null,
        };
        return factor is { } times && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value * times < long.MaxValue
            ? (long)(value * times)
            : throw DiagnosticRules.InvalidArgument.Error($"`--keep-size {text}` is no size", hint: "write a number of bytes, or as `500MB` or `20GiB`");
    }

    private IEnumerable<CacheUpkeep> Caches()
    {
        foreach (CachePlace place in _places)
        {
            if (((place as DirectoryCache)?.Path ?? (place as LayoutCache)?.Path) is { } path && !Directory.Exists(path))
                throw DiagnosticRules.CacheUnusable.Error($"there is no cache in `{place.Name}`", hint: "name one by `--cache-dir`, `--cache-repo` or `--cache-from`");
            yield return _media.OpenUpkeep(place);
        }
    }

    private static IEnumerable<CachePlace> FindPlaces(BuildArguments arguments, IReadOnlyDictionary<string, string> environment)
    {
        bool isNamed = arguments.CacheRepository is { Length: > 0 } || arguments.CacheFrom.Count > 0;
        if (arguments.CacheDirectory is { Length: > 0 } || !isNamed)
            yield return CachePlaces.OfDirectory(CacheDirectory.Find(arguments.CacheDirectory, RootDirectory.Find(arguments.RootDirectory, environment)));
        if (arguments.CacheRepository is { Length: > 0 } repository)
            yield return CachePlaces.ParseRepository(repository, "--cache-repo");
        foreach (string from in arguments.CacheFrom)
            yield return CacheSpecification.ParseFrom(from);
    }

    private static string Describe(CachedItem item)
    {
        string key = item.Key[..Math.Min(item.Key.Length, ShownDigits)];
        string title = item.Flaw is null ? (item.Title ?? "").Split('\n')[0] : $"(broken: {item.Flaw})";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Plain(key),-ShownDigits}  {ByteCount.Format(item.Bytes),10}  {Time(item.Saved),-16}  {Time(item.LastUsed),-16}  {Plain(title.Length > ShownTitle && item.Flaw is null ? title[..ShownTitle] + "..." : title)}");
    }

    /// <summary>Others may have written it: nothing of it steers a terminal.</summary>
    private static string Plain(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));

    private static string Time(DateTimeOffset? time) =>
        time is { Year: > 1 } known ? known.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : "-";
}
