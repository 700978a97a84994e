// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;
using Kiln.Diagnostics;
using Kiln.Layers;
using Kiln.Layers.Blobs;
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Layers.Tar;
using Kiln.Layers.Trees;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Contexts.Archives;

/// <summary>
/// A tar archive whose files were laid out in a directory, and nowhere else, whatever its names and links say: they are resolved inside the directory. Owners are not kept, device nodes
/// passed over; a `.wh.` name is a name like any other.
/// </summary>
/// <param name="Entries">How many entries were laid out.</param>
/// <param name="Size">The bytes of all files.</param>
/// <param name="Devices">How many device nodes were passed over.</param>
public sealed record ArchiveTree(long Entries, long Size, int Devices)
{
    /// <summary>Unpacks an archive, plain or behind one layer of packing, told by its content.</summary>
    /// <param name="file">The archive.</param>
    /// <param name="directory">An empty directory.</param>
    /// <param name="name">What the archive is called in messages.</param>
    /// <param name="cancellationToken">Ends the unpacking.</param>
    /// <exception cref="BuildException">It is no archive, is broken, or leads out of the directory.</exception>
    public static ArchiveTree Unpack(ContentSource file, string directory, string name, CancellationToken cancellationToken)
    {
        using Stream packed = file.Open();
        if (packed.Length == 0)
            throw DiagnosticRules.NotAnArchive.Error($"`{name}` is empty");
        ArchiveCompression compression = Sniff(packed);
        using Stream plain = Decompression.Open(packed);
        var unpacked = new ArchiveTree(0, 0, 0);
        bool begun = false;
        try
        {
            using DirectoryHandle target = DirectoryHandle.Open(directory);
            // Root reads whatever is there; an ordinary user has to be let.
            var options = new TreeOptions(OwnerMap.None, Merged: true, ContentOnly: !Environment.IsPrivilegedProcess) { NamesAreLiteral = true };
            using var writer = new TreeWriter(target, new StackView(), options);
            var reader = new TarReader(plain);
            writer.Write(
                reader,
                entry =>
                {
                    begun = true;
                    return Take(entry, name, packed.Length, ref unpacked);
                },
                cancellationToken);
            if (compression == ArchiveCompression.Gzip && !reader.HasEndMark && ReadGzipSize(packed) != (uint)plain.Position)
                throw new TarException("the gzip stream ends too early");
            return unpacked;
        }
        catch (TarException) when (!begun)
        {
            throw DiagnosticRules.NotAnArchive.Error(compression == ArchiveCompression.None
                ? $"`{name}` is no tar archive, neither plain nor packed by gzip, bzip2, xz or zstd"
                : $"`{name}` is packed by {compression.ToString().ToLowerInvariant()}, but holds no tar archive, or not all of one");
        }
        catch (ArchiveLimitException e)
        {
            throw DiagnosticRules.ArchiveTooLarge.Error($"the archive `{name}` is too large: {e.Message}", inner: e);
        }
        catch (Exception e) when (e is TarException or InvalidDataException or EndOfStreamException or ErrnoException { Error: Errno.ENAMETOOLONG })
        {
            throw DiagnosticRules.ArchiveBroken.Error($"the archive `{name}` is broken or not all there: {e.Message}", inner: e);
        }
    }

    private static ArchiveCompression Sniff(Stream packed)
    {
        Span<byte> start = stackalloc byte[Decompression.SniffLength];
        int count = packed.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        packed.Position = 0;
        return Decompression.Sniff(start[..count]);
    }

    /// <summary>How large its content is, modulo 2^32 (RFC 1952, 2.3.1, ISIZE): a stream that is cut off ends without an error, and has something else there.</summary>
    private static uint ReadGzipSize(Stream packed)
    {
        Span<byte> size = stackalloc byte[4];
        if (packed.Length < size.Length)
            return 0;
        packed.Position = packed.Length - size.Length;
        packed.ReadExactly(size);
        return BinaryPrimitives.ReadUInt32LittleEndian(size);
    }

    private static bool Take(TarEntry entry, string name, long packedSize, ref ArchiveTree unpacked)
    {
        if (entry.ClimbsOut)
            throw DiagnosticRules.ArchiveEscapes.Error($"the entry `{Encoding.UTF8.GetString(entry.RawName)}` of the archive `{name}` leads out of it (breakout)");
        LayerEntry metadata = entry.Metadata;
        if (metadata.Type is EntryType.CharacterDevice or EntryType.BlockDevice)
        {
            unpacked = unpacked with { Devices = unpacked.Devices + 1 };
            return false;
        }
        // A sparse file claims zeros that it does not hold, and the layer will.
        long size = metadata.Size > long.MaxValue - unpacked.Size ? long.MaxValue : unpacked.Size + metadata.Size;
        ExpansionLimit.Default.Check(size, packedSize);
        unpacked = unpacked with { Entries = unpacked.Entries + 1, Size = size };
        // The directory itself is the builder's.
        return !metadata.Path.IsRoot;
    }
}
