// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kiln.Oci.Json;

namespace Kiln.Oci;

/// <summary>One image for one platform: the descriptors of its configuration and of its layers, lowest first.</summary>
public sealed record ImageManifest
{
    public int SchemaVersion { get; init; } = 2;

    public MediaType MediaType { get; init; }

    public string? ArtifactType { get; init; }

    public required Descriptor Config { get; init; }

    [AllowNull, WrittenWhenEmpty]
    public IReadOnlyList<Descriptor> Layers { get; init => field = value ?? []; } = [];

    public Descriptor? Subject { get; init; }

    [AllowNull]
    public ImmutableSortedDictionary<string, string> Annotations { get; init => field = value ?? StringMap.Empty; } = StringMap.Empty;

    [JsonExtensionData, JsonInclude]
    public IDictionary<string, JsonElement>? Unknown { get; internal set; }

    /// <exception cref="Diagnostics.BuildException">The document is no image manifest of schema 2.</exception>
    public static ImageManifest Parse(RawDocument document)
    {
        ImageManifest manifest = OciJson.Read(document, OciJson.Context.ImageManifest);
        if (manifest.SchemaVersion != 2)
            throw OciJson.Malformed(document, $"schema version {manifest.SchemaVersion} is not supported");
        return manifest with { MediaType = document.MediaType };
    }

    public RawDocument ToDocument() => new(MediaType, GoJson.Indented(OciJson.ToElement(this, OciJson.Context.ImageManifest)));
}
