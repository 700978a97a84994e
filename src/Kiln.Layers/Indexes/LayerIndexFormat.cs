// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Layers.Indexes;

/// <summary>
/// A layer's index as bytes, Kiln's own format: eight bytes that name format and version, the SHA-256 of all that follows, then the number of entries
/// and the entries. Numbers are LEB128 (DWARF 5, 7.6). A path says how much of the one before it repeats. What is broken, or of another version, is an
/// <see cref="InvalidDataException"/>: no read goes beyond the bytes, and no length is believed.
/// </summary>
public static class LayerIndexFormat
{
    private const int TypeBits = 0x07;
    private const int HasLink = 0x08;
    private const int HasDevice = 0x10;
    private const int HasXattrs = 0x20;
    private const int HasNanoseconds = 0x40;

    private static ReadOnlySpan<byte> Magic => "KILNIDX1"u8;

    private static int HeaderSize => Magic.Length + SHA256.HashSizeInBytes;

    public static byte[] Write(LayerIndex index)
    {
        var body = new ArrayBufferWriter<byte>(64 * 1024);
        var writer = new NumberWriter(body);
        writer.Write((ulong)index.Entries.Count);
        ReadOnlySpan<byte> last = default;
        foreach (LayerEntry entry in index.Entries)
        {
            WriteEntry(writer, entry, last);
            last = entry.Path.Bytes;
        }
        byte[] bytes = new byte[HeaderSize + body.WrittenCount];
        Magic.CopyTo(bytes);
        SHA256.HashData(body.WrittenSpan, bytes.AsSpan(Magic.Length));
        body.WrittenSpan.CopyTo(bytes.AsSpan(HeaderSize));
        return bytes;
    }

    public static LayerIndex Read(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith(Magic) || bytes.Length < HeaderSize)
            throw new InvalidDataException("it is no index, or one of another version");
        Span<byte> sum = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[HeaderSize..], sum);
        if (!sum.SequenceEqual(bytes[Magic.Length..HeaderSize]))
            throw new InvalidDataException("its checksum is wrong");
        var reader = new NumberReader(bytes[HeaderSize..]);
        int count = reader.ReadCount();
        var entries = new List<LayerEntry>(count);
        Span<byte> path = stackalloc byte[UnixPath.LongestPath];
        int length = 0;
        for (int i = 0; i < count; i++)
            entries.Add(ReadEntry(ref reader, path, ref length));
        return reader.IsAtEnd ? new LayerIndex(entries) : throw new InvalidDataException("something follows the last entry");
    }

    private static void WriteEntry(NumberWriter writer, LayerEntry entry, ReadOnlySpan<byte> last)
    {
        ReadOnlySpan<byte> path = entry.Path.Bytes;
        int same = path.CommonPrefixLength(last);
        writer.Write((ulong)same);
        writer.Write(path[same..]);
        int flags = (int)entry.Type;
        if (entry.Type is EntryType.SymbolicLink or EntryType.HardLink)
            flags |= HasLink;
        if (entry.Device != default)
            flags |= HasDevice;
        if (!entry.Xattrs.IsEmpty)
            flags |= HasXattrs;
        if (entry.ModifiedTime.Nanoseconds != 0)
            flags |= HasNanoseconds;
        writer.Write((ulong)flags);
        writer.Write((ulong)entry.Mode);
        writer.Write(entry.Uid);
        writer.Write(entry.Gid);
        writer.Write((ulong)entry.Size);
        // The sign goes to the lowest bit, so that a time before 1970 is short too.
        writer.Write((ulong)((entry.ModifiedTime.Seconds << 1) ^ (entry.ModifiedTime.Seconds >> 63)));
        if ((flags & HasNanoseconds) != 0)
            writer.Write((ulong)entry.ModifiedTime.Nanoseconds);
        if ((flags & HasLink) != 0)
            writer.Write(entry.Type == EntryType.HardLink ? entry.HardLinkTarget.Bytes : entry.LinkText.AsSpan());
        if ((flags & HasDevice) != 0)
        {
            writer.Write(entry.Device.Major);
            writer.Write(entry.Device.Minor);
        }
        if ((flags & HasXattrs) == 0)
            return;
        writer.Write((ulong)entry.Xattrs.Length);
        foreach (ExtendedAttribute attribute in entry.Xattrs)
        {
            writer.Write(Encoding.UTF8.GetBytes(attribute.Name));
            writer.Write(attribute.Value);
        }
    }

    private static LayerEntry ReadEntry(ref NumberReader reader, scoped Span<byte> path, ref int length)
    {
        int same = reader.ReadInt(length);
        ReadOnlySpan<byte> rest = reader.ReadBytes(path.Length - same);
        rest.CopyTo(path[same..]);
        length = same + rest.Length;
        int flags = reader.ReadInt(0x7F);
        var type = (EntryType)(flags & TypeBits);
        int mode = reader.ReadInt(0xFFF);
        uint uid = reader.ReadUInt(), gid = reader.ReadUInt();
        long size = (long)(reader.Read() & long.MaxValue);
        ulong seconds = reader.Read();
        var time = new UnixTime((long)(seconds >> 1) ^ -(long)(seconds & 1), (flags & HasNanoseconds) != 0 ? reader.ReadInt(999_999_999) : 0);
        ReadOnlySpan<byte> link = (flags & HasLink) != 0 ? reader.ReadBytes(int.MaxValue) : default;
        DeviceNumber device = (flags & HasDevice) != 0 ? new DeviceNumber(reader.ReadUInt(), reader.ReadUInt()) : default;
        return new LayerEntry
        {
            Path = UnixPath.Clean(path[..length]),
            Type = Enum.IsDefined(type) ? type : throw new InvalidDataException("an entry is of an unknown type"),
            Mode = mode,
            Uid = uid,
            Gid = gid,
            Size = size,
            ModifiedTime = time,
            LinkText = type == EntryType.SymbolicLink ? [.. link] : [],
            HardLinkTarget = type == EntryType.HardLink ? UnixPath.Clean(link) : UnixPath.Root,
            Device = device,
            Xattrs = (flags & HasXattrs) != 0 ? ReadXattrs(ref reader) : [],
        };
    }

    private static ImmutableArray<ExtendedAttribute> ReadXattrs(ref NumberReader reader)
    {
        var attributes = ImmutableArray.CreateBuilder<ExtendedAttribute>();
        for (int left = reader.ReadCount(); left > 0; left--)
            attributes.Add(new ExtendedAttribute(Encoding.UTF8.GetString(reader.ReadBytes(int.MaxValue)), reader.ReadBytes(int.MaxValue).ToArray()));
        return attributes.ToImmutable();
    }
}
