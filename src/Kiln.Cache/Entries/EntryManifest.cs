// SPDX-License-Identifier: Apache-2.0
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

    internal static RawDocument Write(CacheEntry entry, Timestamp saved, RawDocument parts) => new ImageManifest
    {
        MediaType = MediaType.OciManifest,
        ArtifactType = ArtifactType,
        Config = parts.Descriptor,
        Layers = [entry.Layer is { Descriptor: var layer } ? new Descriptor { MediaType = layer.MediaType, Digest = layer.Digest, Size = layer.Size } : NoLayer.Descriptor],
        Annotations = EntryAnnotations.Write(entry, saved),
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
        return EntryAnnotations.Read(manifest.Annotations) is { } stored
            ? stored with { Parts = manifest.Config }
            : throw DiagnosticRules.CacheEntryBroken.Error($"`{place}` is not what was written there");
    }
}
