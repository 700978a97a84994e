// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kiln.Oci.Json;

namespace Kiln.Oci;

/// <summary>What a container of the image runs, and with what around it. The members stand in the order that Docker writes.</summary>
public sealed record ContainerConfig
{
    [JsonPropertyName("User")]
    public string? User { get; init; }

    [AllowNull, JsonPropertyName("ExposedPorts"), JsonConverter(typeof(StringSetConverter))]
    public ImmutableSortedSet<string> ExposedPorts { get; init => field = value ?? StringMap.EmptySet; } = StringMap.EmptySet;

    /// <summary>`NAME=value`, in order; a name stands once.</summary>
    [AllowNull, JsonPropertyName("Env")]
    public IReadOnlyList<string> Env { get; init => field = value ?? []; } = [];

    [AllowNull, JsonPropertyName("Entrypoint")]
    public IReadOnlyList<string> Entrypoint { get; init => field = value ?? []; } = [];

    [AllowNull, JsonPropertyName("Cmd")]
    public IReadOnlyList<string> Cmd { get; init => field = value ?? []; } = [];

    [AllowNull, JsonPropertyName("Volumes"), JsonConverter(typeof(StringSetConverter))]
    public ImmutableSortedSet<string> Volumes { get; init => field = value ?? StringMap.EmptySet; } = StringMap.EmptySet;

    [JsonPropertyName("WorkingDir")]
    public string? WorkingDir { get; init; }

    [AllowNull, JsonPropertyName("Labels")]
    public ImmutableSortedDictionary<string, string> Labels { get; init => field = value ?? StringMap.Empty; } = StringMap.Empty;

    [JsonPropertyName("StopSignal")]
    public string? StopSignal { get; init; }

    /// <summary>Of meaning on Windows only; BuildKit sets it with every `CMD`.</summary>
    [JsonPropertyName("ArgsEscaped")]
    public bool ArgsEscaped { get; init; }

    [JsonPropertyName("Healthcheck")]
    public HealthcheckConfig? Healthcheck { get; init; }

    /// <summary>Instructions, as text, for the builds that start `FROM` this image.</summary>
    [AllowNull, JsonPropertyName("OnBuild")]
    public IReadOnlyList<string> OnBuild { get; init => field = value ?? []; } = [];

    [AllowNull, JsonPropertyName("Shell")]
    public IReadOnlyList<string> Shell { get; init => field = value ?? []; } = [];

    [JsonExtensionData, JsonInclude]
    public IDictionary<string, JsonElement>? Unknown { get; internal set; }
}
