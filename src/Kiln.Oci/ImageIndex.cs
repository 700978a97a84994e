// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kiln.Oci.Json;

namespace Kiln.Oci;

/// <summary>Several manifests under one name, mostly one for each platform; Docker calls it a manifest list.</summary>
public sealed record ImageIndex
{
    public int SchemaVersion { get; init; } = 2;

    public MediaType MediaType { get; init; }

    public string? ArtifactType { get; init; }

    [AllowNull, WrittenWhenEmpty]
    public IReadOnlyList<Descriptor> Manifests { get; init => field = value ?? []; } = [];

    public Descriptor? Subject { get; init; }

    [AllowNull]
    public ImmutableSortedDictionary<string, string> Annotations { get; init => field = value ?? StringMap.Empty; } = StringMap.Empty;

    [JsonExtensionData, JsonInclude]
    public IDictionary<string, JsonElement>? Unknown { get; internal set; }

    /// <summary>The platforms of the images in it, attestations left out.</summary>
    [JsonIgnore]
    public IEnumerable<Platform> Platforms => Images.Select(image => image.Platform).OfType<Platform>();

    // BuildKit lists an image's attestations beside it, with a platform that nobody can ask for.
    private IEnumerable<Descriptor> Images => Manifests.Where(manifest =>
        (manifest.MediaType.IsManifest || manifest.MediaType.IsIndex)
        && manifest.Platform is not { Os: "unknown", Architecture: "unknown" }
        && !manifest.Annotations.ContainsKey("vnd.docker.reference.type"));

    /// <exception cref="Diagnostics.BuildException">The document is no index.</exception>
    public static ImageIndex Parse(RawDocument document) =>
        OciJson.Read(document, OciJson.Context.ImageIndex) with { MediaType = document.MediaType };

    /// <summary>
    /// The image that suits a platform best, null where none does. An entry that does not say its platform is taken only where no
    /// other suits; of equals the first is taken.
    /// </summary>
    public Descriptor? Select(Platform platform) => Images
        .Select(image => (Image: image, Rank: image.Platform is null ? int.MaxValue : platform.Rank(image.Platform)))
        .Where(candidate => candidate.Rank is not null)
        .OrderBy(candidate => candidate.Rank)
        .FirstOrDefault().Image;

    public RawDocument ToDocument() => new(MediaType, GoJson.Indented(OciJson.ToElement(this, OciJson.Context.ImageIndex)));
}
