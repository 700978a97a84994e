// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Cache.Media;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Cache.Entries;

/// <summary>
/// An entry as an OCI manifest, which is how all stores keep it: its annotations are the entry, its configuration the parts of its key, its only layer the step's. It
/// lists them so that who cleans a registry or a layout up sees what belongs together.
/// </summary>
internal static class EntryManifest
{
    /// <summary>Ours take about 2 KiB.</summary>
    internal const int LargestSize = 64 << 10;

    internal const string ArtifactType = "application/vnd.kiln.cache.entry.v1";

    /// <summary>"For portability, layers SHOULD have at least one entry" (image-spec, manifest.md, "Guidance for an Empty Descriptor").</summary>
    internal static readonly RawDocument NoLayer = new(new MediaType("application/vnd.oci.empty.v1+json"), "{}"u8.ToArray());

    /// <param name="entry">The entry.</param>
    /// <param name="layer">Its layer; null where it has none.</param>
    /// <param name="saved">Now.</param>
    internal static NewEntry Write(CacheEntry entry, IBlobSource? layer, Timestamp saved)
    {
        RawDocument parts = PartsDocument.Write(entry);
        ImmutableSortedDictionary<string, string> annotations = EntryAnnotations.Write(entry, saved, parts.Descriptor);
        return new NewEntry(entry.Key, Write(entry, parts, annotations), annotations, [layer ?? NoLayer, parts]);
    }

    private static RawDocument Write(CacheEntry entry, RawDocument parts, ImmutableSortedDictionary<string, string> annotations) => new ImageManifest
    {
        MediaType = MediaType.OciManifest,
        ArtifactType = ArtifactType,
        Config = parts.Descriptor,
        Layers = [entry.Layer is { Descriptor: var layer } ? new Descriptor { MediaType = layer.MediaType, Digest = layer.Digest, Size = layer.Size } : NoLayer.Descriptor],
        Annotations = annotations,
    }.ToDocument();

    /// <summary>Null for what others keep in the same place, as kaniko its own entries.</summary>
    /// <exception cref="BuildException">It is one of ours, and broken.</exception>
    internal static StoredEntry? Read(RawDocument document, string place)
    {
        if (!document.MediaType.IsManifest || document.Content.Length > LargestSize)
            return null;
        ImageManifest manifest = ImageManifest.Parse(document);
        if (!EntryAnnotations.AreOurs(manifest.Annotations) && manifest.ArtifactType != ArtifactType)
            return null;
        return EntryAnnotations.Read(manifest.Annotations)
            ?? throw DiagnosticRules.CacheEntryBroken.Error($"`{place}` is not what was written there");
    }
}
