// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Layers.Tar;

/// <summary>
/// Reads an archive once, front to back: ustar, pax and GNU headers, long names, base-256 numbers, sparse files in all four forms.
/// Nothing in a header is believed further than it can be checked: sizes are bounded, checksums compared.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The content is a view of the archive, which is its owner's to end.")]
public sealed partial class TarReader
{
    /// <summary>As Go's archive/tar: a name, link or pax header of over 1 MiB is refused.</summary>
    private const int LargestSpecial = 1 << 20;

    private readonly Stream _archive;
    private readonly ListingLimit _limit;
    private readonly byte[] _block = new byte[TarBlock.Size];
    private readonly byte[] _scratch = new byte[64 * 1024];
    private EntryContent? _content;
    private long _padding;
    private bool _ended;

    /// <param name="archive">Stays the caller's.</param>
    public TarReader(Stream archive)
        : this(archive, new ListingLimit())
    {
    }

    internal TarReader(Stream archive, ListingLimit limit) => (_archive, _limit) = (archive, limit);

    /// <summary>The content of the entry that was read last.</summary>
    public Stream Content => _content ?? Stream.Null;

    /// <summary>Where the entry after this one begins, in an archive that is read from a seekable stream.</summary>
    public long NextHeaderOffset => _archive.Position + (_content is null ? 0 : _content.Remaining + _padding);

    /// <summary>Whether the archive said that it ends there, by blocks of zeros. One that does not may have been cut off.</summary>
    public bool HasEndMark { get; private set; }

    /// <summary>Moves to the next entry; null at the end of the _archive.</summary>
    public TarEntry? ReadNext()
    {
        byte[]? longName = null, longLink = null;
        PaxRecords? pax = null;
        while (true)
        {
            SkipContent();
            if (_ended || !ReadHeaderBlock())
                return null;
            char type = (char)_block[TarBlock.TypeFlag];
            long size = Number(TarBlock.Length, "size");
            if (size < 0)
                throw new TarException("an entry has a negative size");
            switch (type)
            {
                case 'x':
                    pax = PaxRecords.Parse(ReadSpecial(size));
                    continue;
                case 'g':
                    ReadSpecial(size); // Defaults for all later entries; Docker and Go's archive/tar pass them over.
                    continue;
                case 'L':
                    longName = TarBlock.Text(ReadSpecial(size)).ToArray();
                    continue;
                case 'K':
                    longLink = TarBlock.Text(ReadSpecial(size)).ToArray();
                    continue;
                case 'V' or 'M':
                    _content = new EntryContent(_archive, size, null); // a volume's label; the rest of a file of another volume
                    _padding = TarBlock.Padding(size);
                    continue;
                default:
                    return ReadEntry(type, size, longName, longLink, pax);
            }
        }
    }

    private TarEntry ReadEntry(char type, long size, byte[]? longName, byte[]? longLink, PaxRecords? pax)
    {
        byte[] name = PaxText(pax, "path") ?? longName ?? HeaderName();
        byte[] link = PaxText(pax, "linkpath") ?? longLink ?? TarBlock.Text(_block.AsSpan(TarBlock.LinkName)).ToArray();
        EntryType kind = KindOf(type, name);
        size = PaxNumber(pax, "size") ?? size;
        if (type is >= '1' and <= '6')
            size = 0; // pax(1): the size of a link, directory or device says nothing about bytes that follow
        SparseMap? map = null;
        long mode = Number(TarBlock.Mode, "mode"), uid = PaxNumber(pax, "uid") ?? Number(TarBlock.Uid, "uid");
        long gid = PaxNumber(pax, "gid") ?? Number(TarBlock.Gid, "gid");
        UnixTime time = pax?.Find("mtime") is { } text ? ParseTime(text) : new UnixTime(Number(TarBlock.ModifiedTime, "mtime"));
        var device = new DeviceNumber((uint)NumberOrZero(TarBlock.DeviceMajor), (uint)NumberOrZero(TarBlock.DeviceMinor));
        if (uid is < 0 or > uint.MaxValue || gid is < 0 or > uint.MaxValue)
            throw new TarException("an owner is out of range");

        _padding = TarBlock.Padding(size);
        if (type == 'S')
            map = ReadGnuSparse(size);
        else if (pax is not null && kind == EntryType.File)
            map = ReadPaxSparse(pax, ref size, ref name);
        _content = new EntryContent(_archive, size, map);
        if (kind == EntryType.Directory)
            SkipContent(); // GNU's dump directories hold a list of names.

        UnixPath path = UnixPath.Clean(name);
        if (path.Bytes.Length > UnixPath.LongestPath)
            throw new TarException($"a path is longer than {UnixPath.LongestPath} bytes");
        if (kind is EntryType.SymbolicLink or EntryType.HardLink && link.Length > UnixPath.LongestPath)
            throw new TarException($"the link `{path}` leads to a path of more than {UnixPath.LongestPath} bytes");
        var entry = new LayerEntry
        {
            Path = path,
            Type = kind,
            Mode = (int)(mode & 0xFFF),
            Uid = (uint)uid,
            Gid = (uint)gid,
            Size = kind == EntryType.File ? map?.RealSize ?? size : 0,
            ModifiedTime = time,
            LinkText = kind == EntryType.SymbolicLink ? [.. link] : [],
            HardLinkTarget = kind == EntryType.HardLink ? UnixPath.Clean(link) : UnixPath.Root,
            Device = kind is EntryType.CharacterDevice or EntryType.BlockDevice ? device : default,
            Xattrs = Xattrs(pax),
        };
        _limit.Count(entry);
        return new TarEntry(entry, name);
    }

    private static EntryType KindOf(char type, ReadOnlySpan<byte> name) => type switch
    {
        // POSIX.1-1988: in archives older than ustar a directory is a file whose name ends in a slash.
        '0' or '\0' or '7' or 'S' => name is [.., (byte)'/'] ? EntryType.Directory : EntryType.File,
        '1' => EntryType.HardLink,
        '2' => EntryType.SymbolicLink,
        '3' => EntryType.CharacterDevice,
        '4' => EntryType.BlockDevice,
        '5' or 'D' => EntryType.Directory,
        '6' => EntryType.Fifo,
        _ => throw new TarException($"an entry is of unknown type `{type}`"),
    };

    private bool ReadHeaderBlock()
    {
        int got = _archive.ReadAtLeast(_block, TarBlock.Size, throwOnEndOfStream: false);
        if (got == 0)
        {
            _ended = true; // No end blocks: GNU tar and Go accept that too.
            return false;
        }
        if (got < TarBlock.Size)
            throw new TarException("the archive ends inside a header");
        if (TarBlock.IsZero(_block))
        {
            HasEndMark = true;
            // To the very end: what follows belongs to the compressed stream, whose checks must not be left out.
            while (_archive.Read(_scratch) > 0)
            {
            }
            _ended = true;
            return false;
        }
        return TarBlock.HasValidChecksum(_block) ? true : throw new TarException("a header's checksum is wrong");
    }

    private void SkipContent()
    {
        if (_content is null)
            return;
        _content.SkipRest(_scratch);
        ReadExactly(_scratch.AsSpan(0, (int)_padding));
        _content = null;
    }

    private byte[] ReadSpecial(long size)
    {
        if (size > LargestSpecial)
            throw new TarException("a name or extended header is larger than 1 MiB");
        byte[] data = new byte[size];
        ReadExactly(data);
        ReadExactly(_scratch.AsSpan(0, TarBlock.Padding(size)));
        return data;
    }

    private void ReadExactly(Span<byte> bytes)
    {
        if (_archive.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw new TarException("the archive ends too early");
    }

    private byte[] HeaderName()
    {
        ReadOnlySpan<byte> name = TarBlock.Text(_block.AsSpan(TarBlock.Name));
        // GNU's header has times where ustar has the prefix.
        if (!_block.AsSpan(TarBlock.Magic).StartsWith("ustar\0"u8))
            return name.ToArray();
        ReadOnlySpan<byte> prefix = TarBlock.Text(_block.AsSpan(TarBlock.Prefix));
        return prefix.IsEmpty ? name.ToArray() : [.. prefix, (byte)'/', .. name];
    }

    private static ImmutableArray<ExtendedAttribute> Xattrs(PaxRecords? pax) =>
        pax is null ? [] :
        [
            .. pax.All.Where(r => r.Key.StartsWith(PaxRecords.XattrPrefix, StringComparison.Ordinal) && r.Key.Length > PaxRecords.XattrPrefix.Length)
                .Reverse().DistinctBy(r => r.Key)
                .Select(r => new ExtendedAttribute(r.Key[PaxRecords.XattrPrefix.Length..], r.Value))
                .OrderBy(a => a.Name, StringComparer.Ordinal),
        ];

    private long Number(Range field, string what) =>
        TarBlock.TryReadNumber(_block.AsSpan(field), out long value) ? value : throw new TarException($"an entry's {what} is no number");

    private long NumberOrZero(Range field) => TarBlock.TryReadNumber(_block.AsSpan(field), out long value) ? value : 0;

    private static byte[]? PaxText(PaxRecords? pax, string key) =>
        pax?.Find(key) is { } text && text.Contains((byte)0) ? throw new TarException($"the pax record `{key}` holds a NUL") : pax?.Find(key);

    private static long? PaxNumber(PaxRecords? pax, string key) => pax?.Find(key) is not { } text ? null
        : Utf8Parser.TryParse(text, out long value, out int used) && used == text.Length && value >= 0 ? value
        : throw new TarException($"the pax record `{key}` is no number");

    /// <summary>Seconds with any number of decimal places; what is beyond nanoseconds is cut off.</summary>
    private static UnixTime ParseTime(ReadOnlySpan<byte> text)
    {
        int dot = text.IndexOf((byte)'.');
        ReadOnlySpan<byte> whole = dot < 0 ? text : text[..dot];
        bool negative = whole is [(byte)'-', ..];
        if (!Utf8Parser.TryParse(whole, out long seconds, out int used) || used != whole.Length)
            throw new TarException("the pax record `mtime` is no time");
        int nanoseconds = 0, scale = 100_000_000;
        foreach (byte digit in dot < 0 ? [] : text[(dot + 1)..])
        {
            if (digit is < (byte)'0' or > (byte)'9')
                throw new TarException("the pax record `mtime` is no time");
            nanoseconds += (digit - '0') * scale;
            scale /= 10;
        }
        return negative && nanoseconds > 0 ? new UnixTime(seconds - 1, 1_000_000_000 - nanoseconds) : new UnixTime(seconds, nanoseconds);
    }
}
