// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Kiln.Layers.Tar;

/// <content>Sparse files, in GNU tar's four forms (gnu.org/software/tar/manual, "Storing Sparse Files").</content>
public sealed partial class TarReader
{
    private SparseMap ReadGnuSparse(long storedSize)
    {
        var fragments = new List<(long, long)>();
        ReadFragments(_block.AsSpan(TarBlock.GnuSparseStart, 4 * 24), fragments);
        bool more = _block[TarBlock.GnuSparseIsExtended] != 0;
        long realSize = Number(TarBlock.GnuSparseRealSize, "real size");
        byte[] extension = new byte[TarBlock.Size];
        while (more)
        {
            ReadExactly(extension);
            ReadFragments(extension.AsSpan(0, 21 * 24), fragments);
            more = extension[504] != 0;
            if (fragments.Count > LargestSpecial / 24)
                throw new TarException("a sparse map is too long");
        }
        return new SparseMap(realSize, fragments, storedSize);
    }

    private static void ReadFragments(ReadOnlySpan<byte> fields, List<(long, long)> fragments)
    {
        for (; fields.Length >= 24; fields = fields[24..])
        {
            if (fields[0] == 0)
                return;
            if (!TarBlock.TryReadNumber(fields[..12], out long offset) || !TarBlock.TryReadNumber(fields[12..24], out long length))
                throw new TarException("a sparse map holds something that is no number");
            fragments.Add((offset, length));
        }
    }

    /// <summary>GNU's pax formats 0.0, 0.1 and 1.0 (gnu.org/software/tar/manual, "Storing Sparse Files").</summary>
    private SparseMap? ReadPaxSparse(PaxRecords pax, ref long size, ref byte[] name)
    {
        byte[]? major = pax.Find("GNU.sparse.major"), minor = pax.Find("GNU.sparse.minor");
        if (PaxText(pax, "GNU.sparse.name") is { } real)
            name = real;
        if (major is [(byte)'1'] && minor is [(byte)'0'])
        {
            long realSize = SparseMap.ParseNumber(pax.Find("GNU.sparse.realsize"));
            List<(long, long)> fragments = ReadMapInContent(ref size);
            return new SparseMap(realSize, fragments, size);
        }
        if (pax.Find("GNU.sparse.map") is { } map && pax.Find("GNU.sparse.size") is { } length)
        {
            var numbers = Encoding.ASCII.GetString(map).Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Encoding.ASCII.GetBytes).ToList();
            return new SparseMap(SparseMap.ParseNumber(length), SparseMap.ParsePairs(numbers), size);
        }
        if (pax.Find("GNU.sparse.numblocks") is not null && pax.Find("GNU.sparse.size") is { } old)
        {
            var numbers = pax.All.Where(r => r.Key is "GNU.sparse.offset" or "GNU.sparse.numbytes").Select(r => r.Value).ToList();
            return new SparseMap(SparseMap.ParseNumber(old), SparseMap.ParsePairs(numbers), size);
        }
        return null;
    }

    /// <summary>Format 1.0: the map is decimal lines at the head of the content, filled up to a whole block.</summary>
    private List<(long, long)> ReadMapInContent(ref long size)
    {
        var numbers = new List<byte[]>();
        var line = new List<byte>();
        long wanted = 1;
        byte[] block = new byte[TarBlock.Size];
        while (numbers.Count < wanted)
        {
            if (size < TarBlock.Size)
                throw new TarException("a sparse map is cut off");
            ReadExactly(block);
            size -= TarBlock.Size;
            foreach (byte b in block)
            {
                if (b != (byte)'\n')
                {
                    line.Add(b);
                    continue;
                }
                numbers.Add([.. line]);
                line.Clear();
                if (numbers.Count == 1)
                    wanted = 1 + (2 * Math.Min(SparseMap.ParseNumber(numbers[0]), SparseMap.MostFragments + 1));
                if (numbers.Count == wanted)
                    break;
            }
            if (wanted > 1 + (2 * SparseMap.MostFragments) || line.Count > 32)
                throw new TarException("a sparse map is too long");
        }
        return SparseMap.ParsePairs(numbers[1..]);
    }
}
