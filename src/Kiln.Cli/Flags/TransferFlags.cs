// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Flags;

/// <summary>The flags of the commands that move images: those of a build that say how registries are talked to, and a few of their own.</summary>
internal static class TransferFlags
{
    /// <summary>They stand together in the table.</summary>
    private static readonly IReadOnlyList<Flag> Registries =
        [.. BuildFlags.All.SkipWhile(flag => flag.Name != "registry-mirror").TakeWhile(flag => flag.Name != "root-dir")];

    private static readonly IReadOnlyList<Flag> Pushing =
    [
        OfBuild("skip-push-permission-check") with { Help = "Do not ask the registries first whether they take a push" },
        OfBuild("push-retry"),
        OfBuild("push-ignore-immutable-tag-errors"),
    ];

    private static readonly Flag Platform = new TextFlag("platform", "Of an index only the image for this platform", (a, v) => a.ImagePlatform = v)
        { ValueName = "OS/ARCH[/VARIANT]", Kaniko = KanikoParity.Own };

    private static readonly Flag DigestFile = OfBuild("digest-file") with { Help = "Write the digest to this file once everything else is done", ValueName = "FILE" };

    /// <summary>Of `kiln push`.</summary>
    internal static readonly IReadOnlyList<Flag> Push =
    [
        OfBuild("destination") with { Help = "Push to this reference, as DEST", Kaniko = KanikoParity.Same },
        new SwitchFlag("all", "Push every image that is there, under the names that it has, or with its tags to the repository DEST", (a, v) => a.AllImages = v)
            { Kaniko = KanikoParity.Own },
        Platform,
        DigestFile,
        .. Packing("compression", "compression-level"),
        .. Pushing,
        .. Registries,
        .. Packing("root-dir", "verbosity"),
    ];

    /// <summary>Of `kiln pull`.</summary>
    internal static readonly IReadOnlyList<Flag> Pull =
    [
        Platform with { Help = "Of an index the image for this platform", Default = "the machine's" },
        new SwitchFlag("all-platforms", "Of an index all images, and the index", (a, v) => a.AllPlatforms = v) { Kaniko = KanikoParity.Own },
        DigestFile,
        OfBuild("image-download-retry"),
        .. Registries,
        .. Packing("verbosity"),
    ];

    /// <summary>Of `kiln copy`.</summary>
    internal static readonly IReadOnlyList<Flag> Copy =
    [
        Platform,
        DigestFile,
        .. Packing("compression", "compression-level"),
        .. Pushing,
        OfBuild("image-download-retry"),
        .. Registries,
        .. Packing("root-dir", "verbosity"),
    ];

    /// <summary>Of `kiln manifest create`.</summary>
    internal static readonly IReadOnlyList<Flag> Create =
    [
        new ListFlag("annotation", "Give the index an annotation", (a, v) => a.Annotations.AddRange(v)) { ValueName = "NAME=VALUE", Kaniko = KanikoParity.Own },
        DigestFile,
        .. Packing("compression", "compression-level"),
        .. Pushing,
        OfBuild("image-download-retry"),
        .. Registries,
        .. Packing("root-dir", "verbosity"),
    ];

    /// <summary>Of `kiln manifest inspect`.</summary>
    internal static readonly IReadOnlyList<Flag> Inspect =
    [
        Platform with { Help = "Of an index the manifest of the image for this platform" },
        new SwitchFlag("config", "Show the configuration instead of the manifest", (a, v) => a.ShowsConfiguration = v) { Kaniko = KanikoParity.Own },
        OfBuild("image-download-retry"),
        .. Registries,
        .. Packing("root-dir"),
    ];

    /// <summary>Each once.</summary>
    internal static readonly IReadOnlyList<Flag> All = [.. Push.Concat(Pull).Concat(Create).Concat(Inspect).DistinctBy(flag => flag.Name)];

    private static IEnumerable<Flag> Packing(params string[] names) => names.Select(name => name switch
    {
        "compression" => OfBuild(name) with { Help = "How plain layers are packed of an image that has no manifest yet, as from `docker save`: `gzip`, `zstd` or `none`" },
        "root-dir" => OfBuild(name) with { Help = "Where archives are unpacked and layers packed, when that is needed" },
        _ => OfBuild(name),
    });

    private static Flag OfBuild(string name) => BuildFlags.All.First(flag => flag.Name == name) with { Kaniko = KanikoParity.Own };
}
