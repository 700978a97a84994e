// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Blobs;
using Kiln.Layers.Sources;
using Kiln.Layers.Tar;

namespace Kiln.Contexts.Archives;

/// <summary>Files that are tar archives, plain or behind one layer of packing: told by their content, not their name.</summary>
public static class ArchiveFile
{
    /// <summary>One readable tar header. An empty archive is a file like any other.</summary>
    public static bool IsArchive(ContentSource file)
    {
        try
        {
            using Stream plain = Decompression.Open(file.Open());
            return new TarReader(plain).ReadNext() is not null;
        }
        catch (Exception e) when (e is TarException or InvalidDataException or EndOfStreamException)
        {
            return false;
        }
    }

    /// <summary>An archive that can be read at any place: its own file if it is plain, else an unpacked copy.</summary>
    public static ContentSource Unpack(ContentSource file, ArchiveSpool spool, CancellationToken cancellationToken)
    {
        using Stream packed = file.Open();
        Span<byte> start = stackalloc byte[Decompression.SniffLength];
        int count = packed.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (Decompression.Sniff(start[..count]) == ArchiveCompression.None)
            return file;
        packed.Position = 0;
        using Stream plain = Decompression.Open(packed);
        using FileStream copy = spool.Create();
        byte[] buffer = new byte[128 * 1024];
        for (int read; (read = plain.Read(buffer)) > 0; copy.Write(buffer, 0, read))
            cancellationToken.ThrowIfCancellationRequested();
        return new ScratchFileSource(copy.Name);
    }
}
