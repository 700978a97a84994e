// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Cache.Media;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Cache.Entries;

/// <summary>
/// An index that lists entries, each with its annotations, so that one document answers all lookups: the `index.json` of a layout, or what stands under a tag. What
/// else is listed there stays as it is.
/// </summary>
internal sealed class EntryIndex
{
    internal const string ArtifactType = "application/vnd.kiln.cache.index.v1";

    /// <summary>Some thousand entries. Registries take manifests of up to 4 MiB; when there would be more, the oldest go.</summary>
    internal const int LargestSize = 3 << 20;

    private readonly ImageIndex _index;
    private readonly ImmutableDictionary<CacheKey, StoredEntry> _entries;

    private EntryIndex(ImmutableDictionary<CacheKey, StoredEntry> entries) => (_index, _entries) = (new ImageIndex { MediaType = MediaType.OciIndex }, entries);

    private EntryIndex(ImageIndex index)
    {
        _index = index;
        var entries = ImmutableDictionary.CreateBuilder<CacheKey, StoredEntry>();
        foreach (StoredEntry stored in index.Manifests.Select(Read).OfType<StoredEntry>())
            entries[stored.Entry.Key] = stored;
        _entries = entries.ToImmutable();
    }

    internal static EntryIndex Empty { get; } = new(new ImageIndex { MediaType = MediaType.OciIndex, ArtifactType = ArtifactType });

    /// <summary>Descriptors that are no entries of ours.</summary>
    internal IEnumerable<Descriptor> Others => _index.Manifests.Where(listed => !IsOurs(listed));

    internal static EntryIndex Of(ImageIndex index) => new(index);

    /// <summary>Entries that nothing lists, for looking up alone.</summary>
    internal static EntryIndex Of(ImmutableDictionary<CacheKey, StoredEntry> entries) => new(entries);

    /// <summary>What stands under a tag.</summary>
    /// <exception cref="BuildException">It is something that nobody may overwrite, as an image.</exception>
    internal static EntryIndex Read(RawDocument document, string place)
    {
        ImageIndex? index = document.MediaType.IsIndex ? ImageIndex.Parse(document) : null;
        return index?.ArtifactType == ArtifactType
            ? new EntryIndex(index)
            : throw DiagnosticRules.CacheUnusable.Error($"`{place}` is no cache of ours, but something else", hint: "name a tag that nothing else has");
    }

    internal ImageIndex ToImageIndex() => _index;

    internal RawDocument ToDocument() => _index.ToDocument();

    internal StoredEntry? Find(CacheKey key) => _entries.GetValueOrDefault(key);

    internal IEnumerable<ListedEntry> List()
    {
        foreach (Descriptor listed in _index.Manifests.Where(IsOurs))
        {
            string name = listed.Annotations.GetValueOrDefault(EntryAnnotations.Key, listed.Digest.ToString());
            yield return Read(listed) is { } stored
                ? new ListedEntry(name, stored, stored.Saved.ToDateTimeOffset()) { Manifest = listed.Digest }
                : new ListedEntry(name, null, DateTimeOffset.MinValue) { Manifest = listed.Digest, Flaw = $"the entry `{name}` is not what was written there" };
        }
    }

    /// <summary>With further entries, in place of those with the same keys; without the oldest, where it would be too large.</summary>
    internal EntryIndex With(IEnumerable<Descriptor> added)
    {
        Descriptor[] news = [.. added];
        HashSet<string?> keys = [.. news.Select(KeyOf)];
        Descriptor[] kept = [.. _index.Manifests.Where(listed => !IsOurs(listed) || !keys.Contains(KeyOf(listed)))];
        EntryIndex all = new(_index with { Manifests = [.. kept, .. news] });
        while (all.ToDocument().Content.Length > LargestSize && all._entries.Count > news.Length)
            all = all.Without(all.OldestQuarter());
        return all;
    }

    internal EntryIndex Without(IReadOnlySet<Digest> manifests) => new(_index with { Manifests = [.. _index.Manifests.Where(listed => !IsOurs(listed) || !manifests.Contains(listed.Digest))] });

    internal bool Has(IEnumerable<Descriptor> listed)
    {
        HashSet<Digest> present = [.. _index.Manifests.Select(one => one.Digest)];
        return listed.All(one => present.Contains(one.Digest));
    }

    internal static Descriptor Describe(NewEntry entry) => new()
    {
        MediaType = entry.Manifest.MediaType,
        Digest = entry.Manifest.Digest,
        Size = entry.Manifest.Content.Length,
        ArtifactType = EntryManifest.ArtifactType,
        Annotations = entry.Annotations,
    };

    private HashSet<Digest> OldestQuarter() => [.. List()
        .OrderBy(entry => entry.LastUsed)
        .Take(Math.Max(1, _entries.Count / 4))
        .Select(entry => entry.Manifest!.Value)];

    private static bool IsOurs(Descriptor listed) => EntryAnnotations.AreOurs(listed.Annotations) || listed.ArtifactType == EntryManifest.ArtifactType;

    private static string? KeyOf(Descriptor listed) => listed.Annotations.GetValueOrDefault(EntryAnnotations.Key);

    private static StoredEntry? Read(Descriptor listed) => listed.MediaType.IsManifest && IsOurs(listed) ? EntryAnnotations.Read(listed.Annotations) : null;
}
