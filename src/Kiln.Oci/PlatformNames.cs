// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;

namespace Kiln.Oci;

/// <summary>The words for operating systems and architectures: Go's, and what else people and kernels call them.</summary>
internal static class PlatformNames
{
    private static readonly SearchValues<char> WordCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

    private static readonly FrozenSet<string> OperatingSystems = FrozenSet.ToFrozenSet(
    [
        "aix", "android", "darwin", "dragonfly", "freebsd", "illumos", "ios", "js", "linux", "macos", "netbsd", "openbsd", "plan9",
        "solaris", "wasip1", "windows",
    ], StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Architectures = FrozenSet.ToFrozenSet(
    [
        "386", "aarch64", "amd64", "arm", "arm64", "armel", "armhf", "i386", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64",
        "ppc64le", "riscv64", "s390x", "wasm", "x86-64", "x86_64",
    ], StringComparer.OrdinalIgnoreCase);

    public static bool IsOs(string word) => OperatingSystems.Contains(word);

    public static bool IsArchitecture(string word) => Architectures.Contains(word);

    public static bool IsWord(string word) => word.Length > 0 && !word.AsSpan().ContainsAnyExcept(WordCharacters);

    public static string NormaliseOs(string os) => os.ToLowerInvariant() switch
    {
        "macos" => "darwin",
        var lower => lower,
    };

    public static (string Architecture, string? Variant) Normalise(string architecture, string? variant)
    {
        variant = string.IsNullOrEmpty(variant) ? null : variant.ToLowerInvariant();
        return (architecture.ToLowerInvariant(), variant) switch
        {
            ("i386", _) => ("386", null),
            ("x86_64" or "x86-64" or "amd64", "v1") => ("amd64", null),
            ("x86_64" or "x86-64", _) => ("amd64", variant),
            ("aarch64" or "arm64", "8" or "v8") => ("arm64", null),
            ("aarch64", _) => ("arm64", variant),
            ("armhf", _) => ("arm", "v7"),
            ("armel", _) => ("arm", "v6"),
            ("arm", null or "7") => ("arm", "v7"),
            ("arm", "5" or "6" or "8") => ("arm", "v" + variant),
            (var other, _) => (other, variant),
        };
    }

    /// <summary>
    /// The number in the variant of a normalised platform, for the architectures where a processor runs what was built for a lower
    /// one; null for others.
    /// </summary>
    public static int? Level(Platform platform)
    {
        int? implied = platform.Architecture switch
        {
            "amd64" => 1,
            "arm64" => 8,
            "arm" => 7,
            _ => null,
        };
        if (implied is null || platform.Variant is null)
            return implied;
        return platform.Variant is ['v', .. var digits]
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int level)
            ? level
            : null;
    }
}
