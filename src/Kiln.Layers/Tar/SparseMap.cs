// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;

namespace Kiln.Layers.Tar;

/// <summary>
/// Where the data of a sparse file lies; all else is zeros. In order, without overlaps, within <see cref="RealSize"/> (checked here, for a
/// header may claim anything).
/// </summary>
internal sealed class SparseMap
{
    /// <summary>As Go's archive/tar: a map is small, and whoever sends more means harm.</summary>
    internal const int MostFragments = 1 << 16;

    internal SparseMap(long realSize, IReadOnlyList<(long Offset, long Length)> fragments, long storedSize)
    {
        long at = 0, stored = 0;
        foreach ((long offset, long length) in fragments)
        {
            if (offset < at || length < 0 || length > realSize - offset)
                throw new TarException("a sparse map is out of order");
            at = offset + length;
            stored += length;
        }
        if (realSize < 0 || stored != storedSize || fragments.Count > MostFragments)
            throw new TarException("a sparse map does not fit its file");
        RealSize = realSize;
        Fragments = fragments;
    }

    internal long RealSize { get; }

    internal IReadOnlyList<(long Offset, long Length)> Fragments { get; }

    /// <summary>Pairs of numbers in one text, as GNU.sparse.map has them (pax format 0.1).</summary>
    internal static List<(long, long)> ParsePairs(IReadOnlyList<byte[]> numbers)
    {
        if (numbers.Count % 2 != 0 || numbers.Count > 2 * MostFragments)
            throw new TarException("a sparse map has an odd number of numbers");
        var pairs = new List<(long, long)>(numbers.Count / 2);
        for (int i = 0; i < numbers.Count; i += 2)
            pairs.Add((ParseNumber(numbers[i]), ParseNumber(numbers[i + 1])));
        return pairs;
    }

    internal static long ParseNumber(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long value, out int used) && used == text.Length && value >= 0
            ? value
            : throw new TarException("a sparse map holds something that is no number");
}
