// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Flags;

/// <summary>The flags of `kiln cache ls`, `du`, `prune` and `verify`: those of a build that name caches and say how registries are talked to, and a few of their own.</summary>
internal static class CacheFlags
{
    /// <summary>They stand together in the table.</summary>
    private static readonly IReadOnlyList<Flag> Registries =
        [.. BuildFlags.All.SkipWhile(flag => flag.Name != "registry-mirror").TakeWhile(flag => flag.Name != "root-dir")];

    private static readonly IReadOnlyList<Flag> Places =
    [
        OfBuild("cache-dir") with { Help = "The steps in this cache directory; where no other cache is named, those in the one that a build would use" },
        OfBuild("cache-repo") with { Help = "This repository, where each entry has a tag; with `:TAG` what is listed under that one; or `oci:DIRECTORY`, a layout" },
        OfBuild("cache-from") with { Help = "This cache, spelled as for a build" },
        OfBuild("root-dir"),
        .. Registries,
    ];

    /// <summary>Of `kiln cache ls` and `kiln cache du`.</summary>
    internal static readonly IReadOnlyList<Flag> Show = Places;

    /// <summary>Of `kiln cache prune`.</summary>
    internal static readonly IReadOnlyList<Flag> Prune =
    [
        new TextFlag("keep-days", "Remove what was not used for so many days", (a, v) => a.KeepDays = v) { ValueName = "NUMBER", Kaniko = KanikoParity.Own },
        new TextFlag("keep-size", "Keep so much at most, what was used last; in bytes, or as `500MB`, `20GiB`", (a, v) => a.KeepSize = v)
            { ValueName = "SIZE", Kaniko = KanikoParity.Own },
        new SwitchFlag("dry-run", "Remove nothing, and say what would be", (a, v) => a.DryRun = v) { Kaniko = KanikoParity.Own },
        .. Places,
    ];

    /// <summary>Of `kiln cache verify`.</summary>
    internal static readonly IReadOnlyList<Flag> Verify =
    [
        new SwitchFlag("remove", "Remove entries that are not what was kept", (a, v) => a.RemoveBroken = v) { Kaniko = KanikoParity.Own },
        .. Places,
    ];

    /// <summary>Each once.</summary>
    internal static readonly IReadOnlyList<Flag> All = [.. Prune.Concat(Verify).DistinctBy(flag => flag.Name)];

    private static Flag OfBuild(string name) => BuildFlags.All.First(flag => flag.Name == name) with { Kaniko = KanikoParity.Own };
}
