// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kiln.Oci;

/// <summary>One instruction that the image was made by. Those that are not empty layers stand in the order of the layers.</summary>
public sealed record HistoryEntry
{
    public Timestamp? Created { get; init; }

    [JsonPropertyName("created_by")]
    public string? CreatedBy { get; init; }

    public string? Author { get; init; }

    public string? Comment { get; init; }

    [JsonPropertyName("empty_layer")]
    public bool EmptyLayer { get; init; }

    [JsonExtensionData, JsonInclude]
    public IDictionary<string, JsonElement>? Unknown { get; internal set; }
}
