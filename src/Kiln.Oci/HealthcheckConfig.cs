// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kiln.Oci;

/// <summary>How a container's health is asked for. Durations are nanoseconds, as Docker stores them; 0 means the default.</summary>
public sealed record HealthcheckConfig
{
    /// <summary>`NONE`, or `CMD` and arguments, or `CMD-SHELL` and one command line.</summary>
    [AllowNull, JsonPropertyName("Test")]
    public IReadOnlyList<string> Test { get; init => field = value ?? []; } = [];

    [JsonPropertyName("Interval")]
    public long IntervalNanoseconds { get; init; }

    [JsonPropertyName("Timeout")]
    public long TimeoutNanoseconds { get; init; }

    [JsonPropertyName("StartPeriod")]
    public long StartPeriodNanoseconds { get; init; }

    [JsonPropertyName("StartInterval")]
    public long StartIntervalNanoseconds { get; init; }

    [JsonPropertyName("Retries")]
    public int Retries { get; init; }

    [JsonExtensionData, JsonInclude]
    public IDictionary<string, JsonElement>? Unknown { get; internal set; }
}
