// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kiln.Oci.Json;

namespace Kiln.Oci;

/// <summary>A reference by digest, size and type to content that is held elsewhere (image-spec, descriptor.md).</summary>
public sealed record Descriptor
{
    public required MediaType MediaType { get; init; }

    public required Digest Digest { get; init; }

    [JsonConverter(typeof(SizeConverter))]
    public required long Size { get; init; }

    [AllowNull]
    public IReadOnlyList<string> Urls { get; init => field = value ?? []; } = [];

    [AllowNull]
    public ImmutableSortedDictionary<string, string> Annotations { get; init => field = value ?? StringMap.Empty; } = StringMap.Empty;

    public Platform? Platform { get; init; }

    public string? ArtifactType { get; init; }

    [JsonExtensionData, JsonInclude]
    public IDictionary<string, JsonElement>? Unknown { get; internal set; }

    public override string ToString() => $"{MediaType} {Digest} ({Size} bytes)";
}
