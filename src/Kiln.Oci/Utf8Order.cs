// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Oci;

/// <summary>
/// The order of two texts' UTF-8 bytes, without encoding them. It differs from UTF-16's order only between surrogates and the
/// characters above them (U+E000 to U+FFFF).
/// </summary>
internal sealed class Utf8Order : IComparer<string>
{
    public static readonly Utf8Order Instance = new();

    private Utf8Order()
    {
    }

    public int Compare(string? x, string? y)
    {
        int common = (x ?? "").AsSpan().CommonPrefixLength(y);
        if (x is null || y is null || common == x.Length || common == y.Length)
            return (x?.Length ?? -1) - (y?.Length ?? -1);
        char a = x[common], b = y[common];
        return char.IsSurrogate(a) == char.IsSurrogate(b) ? a - b : char.IsSurrogate(a) ? 0x10000 - b : a - 0x10000;
    }
}
