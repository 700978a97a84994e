// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Warming;

namespace Kiln.Cli.Start;

/// <summary>
/// Finds the directory that outlives builds: `--cache-dir`, else `/cache` (kaniko's default) where that is there and can be written to, else below the
/// root directory. One that was named is taken as it is: it may be a volume that was filled elsewhere and is mounted read-only; so is the usual one that holds images.
/// </summary>
internal static class CacheDirectory
{
    private const string Default = "/cache";

    internal static string Find(string? named, string rootDirectory) =>
        named is { Length: > 0 } ? Path.GetFullPath(named)
        : Directory.Exists(Default) && (RootDirectory.TryUse(Default, out _) || WarmedImages.AreIn(Default)) ? Default
        : Path.Combine(rootDirectory, "cache");
}
