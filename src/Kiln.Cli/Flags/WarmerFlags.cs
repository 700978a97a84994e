// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Flags;

/// <summary>The flags of `kiln warmer`: those of kaniko's, and of a build those that it needs besides.</summary>
internal static class WarmerFlags
{
    /// <summary>kaniko's, where nothing is said.</summary>
    internal const string UsualDirectory = "/cache";

    internal static readonly IReadOnlyList<Flag> All =
    [
        new ListFlag("image", "Warm this image", (a, v) => a.WarmImages.AddRange(v)) { Short = 'i', ValueName = "REFERENCE" },
        new TextFlag("dockerfile", "Warm all images that this Dockerfile, a file or a URL, names in `FROM`, `COPY --from` and `RUN --mount` (kaniko: in `FROM`)", (a, v) => a.Dockerfile = v)
            { Short = 'd', ValueName = "PATH|URL", Kaniko = KanikoParity.Differs },
        OfBuild("build-arg") with { Help = "Give an `ARG` a value that `FROM` uses; without `=` the environment's" },
        new TextFlag("cache-dir", "Put the images there", (a, v) => a.CacheDirectory = v) { Short = 'c', ValueName = "DIRECTORY", Default = UsualDirectory },
        new SwitchFlag("force", "Fetch images that are there already anew", (a, v) => a.WarmAnew = v) { Short = 'f' },
        OfBuild("cache-ttl") with { Help = "After how long builds pass over an image: what is there and older is told" },
        OfBuild("custom-platform") with { Help = "Warm images for this platform instead of the machine's; kaniko's name of it, `--customPlatform`, is as good", OldNames = [], OtherNames = ["customPlatform"] },
        OfBuild("image-download-retry"),
        .. BuildFlags.All.SkipWhile(flag => flag.Name != "registry-mirror").TakeWhile(flag => flag.Name != "root-dir"),
        OfBuild("root-dir") with { Help = "Where a Dockerfile is put that comes from a URL" },
        OfBuild("verbosity"),
        OfBuild("log-format"),
        OfBuild("log-timestamp"),
    ];

    private static Flag OfBuild(string name) => BuildFlags.All.First(flag => flag.Name == name);
}
