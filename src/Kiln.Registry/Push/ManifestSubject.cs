// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Registry.Push;

/// <summary>What a manifest or an index says that it is about.</summary>
internal static class ManifestSubject
{
    public static Digest? Find(RawDocument document) =>
        document.MediaType.IsManifest ? ImageManifest.Parse(document).Subject?.Digest
        : document.MediaType.IsIndex ? ImageIndex.Parse(document).Subject?.Digest
        : null;

    /// <summary>The descriptor under which it is listed: "artifactType, else the config descriptor's mediaType" where it has none itself.</summary>
    public static Descriptor Describe(RawDocument document)
    {
        if (document.MediaType.IsIndex)
        {
            ImageIndex index = ImageIndex.Parse(document);
            return document.Descriptor with { ArtifactType = index.ArtifactType, Annotations = index.Annotations };
        }
        ImageManifest manifest = ImageManifest.Parse(document);
        return document.Descriptor with { ArtifactType = manifest.ArtifactType ?? manifest.Config.MediaType.Text, Annotations = manifest.Annotations };
    }
}
