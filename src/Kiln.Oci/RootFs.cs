// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kiln.Oci.Json;

namespace Kiln.Oci;

/// <summary>The digests of the layers' uncompressed tars, lowest first.</summary>
public sealed record RootFs
{
    [AllowNull]
    public string Type { get; init => field = value ?? "layers"; } = "layers";

    [AllowNull, WrittenWhenEmpty, JsonPropertyName("diff_ids")]
    public IReadOnlyList<Digest> DiffIds { get; init => field = value ?? []; } = [];

    [JsonExtensionData, JsonInclude]
    public IDictionary<string, JsonElement>? Unknown { get; internal set; }
}
