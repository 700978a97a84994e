// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kiln.Oci;

/// <summary>
/// What an image runs on. Two are equal when os, architecture, variant and os version are: the rest describes, it does not choose.
/// </summary>
public sealed record Platform
{
    public Platform(string os, string architecture)
    {
        Os = os;
        Architecture = architecture;
    }

    [AllowNull]
    public string Architecture { get; init => field = value ?? ""; }

    [AllowNull]
    public string Os { get; init => field = value ?? ""; }

    [JsonPropertyName("os.version")]
    public string? OsVersion { get; init; }

    [AllowNull, JsonPropertyName("os.features")]
    public IReadOnlyList<string> OsFeatures { get; init => field = value ?? []; } = [];

    public string? Variant { get; init; }

    [JsonExtensionData, JsonInclude]
    public IDictionary<string, JsonElement>? Unknown { get; internal set; }

    /// <summary>
    /// Reads `os[/architecture[/variant]]`, or an architecture alone. What is not said is taken from <paramref name="host"/>; the
    /// result is normalised.
    /// </summary>
    public static bool TryParse(string text, Platform host, [NotNullWhen(true)] out Platform? platform)
    {
        platform = null;
        string[] parts = text.Split('/');
        if (parts.Length > 3 || !parts.All(PlatformNames.IsWord))
            return false;
        platform = parts switch
        {
            [var os] when PlatformNames.IsOs(os) => host with { Os = os, OsVersion = null, OsFeatures = [] },
            [var architecture] when PlatformNames.IsArchitecture(architecture) => new Platform(host.Os, architecture),
            [var os, var architecture] => new Platform(os, architecture),
            [var os, var architecture, var variant] => new Platform(os, architecture) { Variant = variant },
            _ => null,
        };
        platform = platform?.Normalised();
        return platform is not null;
    }

    /// <summary>The same platform in the words of Go's GOOS and GOARCH, without a variant that goes without saying.</summary>
    public Platform Normalised()
    {
        (string architecture, string? variant) = PlatformNames.Normalise(Architecture, Variant);
        return this with { Os = PlatformNames.NormaliseOs(Os), Architecture = architecture, Variant = variant };
    }

    /// <summary>
    /// How well what was built for another platform runs on this one: 0 is exact, more is an older variant, null is not at all.
    /// </summary>
    public int? Rank(Platform built)
    {
        Platform wanted = Normalised();
        Platform offered = built.Normalised();
        if (wanted.Os != offered.Os || wanted.Architecture != offered.Architecture)
            return null;
        if (wanted.OsVersion is not null && wanted.OsVersion != offered.OsVersion)
            return null;
        if (wanted.Variant == offered.Variant)
            return 0;
        int? step = PlatformNames.Level(wanted) - PlatformNames.Level(offered);
        return step > 0 ? step : null;
    }

    public bool Equals(Platform? other) =>
        other is not null && (Os, Architecture, Variant, OsVersion) == (other.Os, other.Architecture, other.Variant, other.OsVersion);

    public override int GetHashCode() => HashCode.Combine(Os, Architecture, Variant, OsVersion);

    public override string ToString() => Variant is null ? $"{Os}/{Architecture}" : $"{Os}/{Architecture}/{Variant}";
}
