// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kiln.Oci.Json;

namespace Kiln.Oci;

/// <summary>
/// An image's configuration: platform, what a container of it runs, how its layers came about. Written with its keys sorted, as
/// BuildKit writes it, so that equal configurations have equal digests with either builder.
/// </summary>
public sealed record ImageConfig
{
    [AllowNull]
    public string Architecture { get; init => field = value ?? ""; } = "";

    public string? Author { get; init; }

    [AllowNull, WrittenWhenEmpty]
    public ContainerConfig Config { get; init => field = value ?? new ContainerConfig(); } = new();

    [WrittenWhenEmpty]
    public Timestamp? Created { get; init; }

    [AllowNull, WrittenWhenEmpty]
    public IReadOnlyList<HistoryEntry> History { get; init => field = value ?? []; } = [];

    [AllowNull]
    public string Os { get; init => field = value ?? ""; } = "";

    [AllowNull, JsonPropertyName("os.features")]
    public IReadOnlyList<string> OsFeatures { get; init => field = value ?? []; } = [];

    [JsonPropertyName("os.version")]
    public string? OsVersion { get; init; }

    [AllowNull, WrittenWhenEmpty]
    [JsonPropertyName("rootfs")]
    public RootFs RootFs { get; init => field = value ?? new RootFs(); } = new();

    public string? Variant { get; init; }

    [JsonExtensionData, JsonInclude]
    public IDictionary<string, JsonElement>? Unknown { get; internal set; }

    [JsonIgnore]
    public Platform Platform =>
        new Platform(Os, Architecture) { Variant = Variant, OsVersion = OsVersion, OsFeatures = OsFeatures }.Normalised();

    /// <exception cref="Diagnostics.BuildException">The document is no image configuration.</exception>
    public static ImageConfig Parse(RawDocument document) => OciJson.Read(document, OciJson.Context.ImageConfig);

    /// <summary>With a member that the specification does not know, which readers keep or pass over.</summary>
    public ImageConfig With(string member, JsonElement value) =>
        this with { Unknown = new Dictionary<string, JsonElement>(Unknown ?? new Dictionary<string, JsonElement>()) { [member] = value } };

    public ImageConfig For(Platform platform) => this with
    {
        Os = platform.Os,
        Architecture = platform.Architecture,
        Variant = platform.Variant,
        OsVersion = platform.OsVersion,
        OsFeatures = platform.OsFeatures,
    };

    public RawDocument ToDocument(ImageFormat format) =>
        new(MediaType.Config(format), GoJson.CompactSorted(OciJson.ToElement(this, OciJson.Context.ImageConfig)));
}
