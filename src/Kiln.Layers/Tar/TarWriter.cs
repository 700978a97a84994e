// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace Kiln.Layers.Tar;

/// <summary>
/// Writes an archive as Go's archive/tar does for Docker: ustar headers, and a pax header before them only where something does not fit;
/// whole seconds, no user or group names. The bytes depend on nothing but the entries. Sync, since it only fills buffers: the stream
/// below decides what becomes of them.
/// </summary>
public sealed class TarWriter(Stream archive)
{
    private const long LargestOctal8 = 0x1FFFFF; // seven octal digits
    private const long LargestOctal12 = 0x1FFFFFFFF; // eleven

    private readonly byte[] _block = new byte[TarBlock.Size];
    private readonly byte[] _buffer = new byte[128 * 1024];

    /// <summary>Writes an entry; `content` has exactly the entry's size, or is null where that is 0.</summary>
    public void Write(LayerEntry entry, Stream? content, CancellationToken cancellationToken)
    {
        WriteHeaders(entry);
        long left = entry.Type == EntryType.File ? entry.Size : 0;
        while (left > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = content!.Read(_buffer, 0, (int)Math.Min(_buffer.Length, left));
            if (count == 0)
                throw new TarException($"`{entry.Path}` became shorter while it was read");
            archive.Write(_buffer, 0, count);
            left -= count;
        }
        WriteZeros(TarBlock.Padding(entry.Type == EntryType.File ? entry.Size : 0));
    }

    /// <summary>Writes the two zero blocks that end an archive.</summary>
    public void Complete() => WriteZeros(2 * TarBlock.Size);

    private void WriteHeaders(LayerEntry entry)
    {
        byte[] name = entry.IsDirectory ? [.. entry.Path.Bytes, (byte)'/'] : entry.Path.Bytes.ToArray();
        byte[] link = entry.Type == EntryType.HardLink ? entry.HardLinkTarget.Bytes.ToArray() : [.. entry.LinkText];
        var pax = new PaxRecords();
        if (link.Length > 100 || !IsAscii(link))
            pax.Add("linkpath", link);
        AddIfLarge(pax, "uid", entry.Uid, LargestOctal8);
        AddIfLarge(pax, "gid", entry.Gid, LargestOctal8);
        AddIfLarge(pax, "size", entry.Type == EntryType.File ? entry.Size : 0, LargestOctal12);
        AddIfLarge(pax, "mtime", entry.ModifiedTime.Seconds, LargestOctal12);
        foreach (var attribute in entry.Xattrs)
            pax.Add(PaxRecords.XattrPrefix + attribute.Name, attribute.Value);
        // Go cuts a long name in two only where no pax header is needed anyway.
        if (!FitsUstar(name, out int prefixLength) || (pax.All.Count > 0 && name.Length > 100))
        {
            pax.Add("path", name);
            prefixLength = 0;
        }

        if (pax.All.Count > 0)
        {
            byte[] records = pax.Format();
            WriteBlock(PaxName(name), default, 'x', records.Length, null, default);
            archive.Write(records);
            WriteZeros(TarBlock.Padding(records.Length));
        }
        ReadOnlySpan<byte> prefix = name.AsSpan(0, prefixLength);
        ReadOnlySpan<byte> shortName = AsciiCut(prefixLength > 0 ? name.AsSpan(prefixLength + 1) : name, 100);
        WriteBlock(shortName, prefix, TypeFlagOf(entry.Type), entry.Type == EntryType.File ? entry.Size : 0, entry, AsciiCut(link, 100));
    }

    private void WriteBlock(ReadOnlySpan<byte> name, ReadOnlySpan<byte> prefix, char type, long size, LayerEntry? entry, ReadOnlySpan<byte> link)
    {
        Span<byte> block = _block;
        block.Clear();
        name.CopyTo(block[TarBlock.Name]);
        WriteOctal(block[TarBlock.Mode], entry?.Mode ?? 0);
        WriteOctal(block[TarBlock.Uid], entry is { Uid: <= (uint)LargestOctal8 } ? entry.Uid : 0);
        WriteOctal(block[TarBlock.Gid], entry is { Gid: <= (uint)LargestOctal8 } ? entry.Gid : 0);
        WriteOctal(block[TarBlock.Length], size is <= LargestOctal12 ? size : 0);
        WriteOctal(block[TarBlock.ModifiedTime], entry?.ModifiedTime.Seconds is { } seconds and >= 0 and <= LargestOctal12 ? seconds : 0);
        block[TarBlock.TypeFlag] = (byte)type;
        link.CopyTo(block[TarBlock.LinkName]);
        TarBlock.UstarMagic.CopyTo(block[TarBlock.Magic]);
        if (entry is not null)
        {
            // The header of a pax header leaves them empty.
            WriteOctal(block[TarBlock.DeviceMajor], entry.Device.Major);
            WriteOctal(block[TarBlock.DeviceMinor], entry.Device.Minor);
        }
        prefix.CopyTo(block[TarBlock.Prefix]);
        // Six digits, NUL, blank: the one field that ends so.
        WriteOctal(block[TarBlock.Checksum][..7], TarBlock.ComputeChecksum(block));
        block[TarBlock.Checksum][7] = (byte)' ';
        archive.Write(block);
    }

    private static char TypeFlagOf(EntryType type) => type switch
    {
        EntryType.File => '0',
        EntryType.HardLink => '1',
        EntryType.SymbolicLink => '2',
        EntryType.CharacterDevice => '3',
        EntryType.BlockDevice => '4',
        EntryType.Directory => '5',
        EntryType.Fifo => '6',
    };

    /// <summary>Whether a name fits: ASCII, at most 100 bytes, or cut at a slash into a prefix of at most 155 and 100 bytes.</summary>
    private static bool FitsUstar(ReadOnlySpan<byte> name, out int prefixLength)
    {
        prefixLength = 0;
        if (!IsAscii(name))
            return false;
        if (name.Length <= 100)
            return true;
        int end = name[^1] == '/' ? name.Length - 1 : name.Length;
        prefixLength = name[..Math.Min(end, 156)].LastIndexOf((byte)'/');
        return prefixLength > 0 && name.Length - prefixLength - 1 is > 0 and <= 100;
    }

    private static bool IsAscii(ReadOnlySpan<byte> text) => Ascii.IsValid(text) && !text.Contains((byte)0);

    private static void AddIfLarge(PaxRecords pax, string key, long value, long largest)
    {
        if (value < 0 || value > largest)
            pax.Add(key, Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>
    /// The name of a pax header itself, as Go makes it: `PaxHeaders.0` before what follows the last slash, which is nothing for a directory.
    /// </summary>
    private static ReadOnlySpan<byte> PaxName(ReadOnlySpan<byte> name)
    {
        int file = name.LastIndexOf((byte)'/') + 1;
        byte[] full = [.. name[..file], .. "PaxHeaders.0/"u8, .. name[file..]];
        return AsciiCut(full, 100).TrimEnd((byte)'/');
    }

    /// <summary>What an old reader gets to see of a name that does not fit: its ASCII, cut off.</summary>
    private static ReadOnlySpan<byte> AsciiCut(ReadOnlySpan<byte> text, int length)
    {
        if (!Ascii.IsValid(text))
        {
            var kept = new List<byte>(text.Length);
            foreach (byte b in text)
                if (b < 0x80)
                    kept.Add(b);
            text = kept.ToArray();
        }
        return text.Length <= length ? text : text[..length].TrimEnd((byte)'/');
    }

    /// <summary>Octal digits with leading zeros and a NUL behind them.</summary>
    private static void WriteOctal(Span<byte> field, long value)
    {
        for (int i = field.Length - 2; i >= 0; i--)
        {
            field[i] = (byte)('0' + (value & 7));
            value >>= 3;
        }
        field[^1] = 0;
    }

    private void WriteZeros(int count)
    {
        Span<byte> zeros = stackalloc byte[2 * TarBlock.Size];
        zeros.Clear();
        archive.Write(zeros[..count]);
    }
}
