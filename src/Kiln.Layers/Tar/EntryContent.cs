// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Layers.Tar;

/// <summary>
/// The content of the entry that a reader stands at, sparse parts filled with zeros. Ends where the entry ends; valid until the
/// reader moves on. <see cref="Remaining"/> counts what is still stored in the archive.
/// </summary>
internal sealed class EntryContent : ReadOnlyStream
{
    private readonly Stream _archive;
    private readonly SparseMap? _map;
    private readonly long _size;
    private long _position;
    private int _fragment;

    internal EntryContent(Stream archive, long storedSize, SparseMap? map)
    {
        _archive = archive;
        _map = map;
        Remaining = storedSize;
        _size = map?.RealSize ?? storedSize;
    }

    internal long Remaining { get; private set; }

    internal bool IsSparse => _map is not null;

    public override long Length => _size;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (_position == _size || buffer.IsEmpty)
            return 0;
        buffer = buffer[..(int)Math.Min(buffer.Length, _size - _position)];
        int count = _map is null ? ReadStored(buffer) : ReadSparse(buffer);
        _position += count;
        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : new(Read(buffer.Span));

    /// <summary>Passes over the zeros that a sparse file has here without storing them. Result: how many.</summary>
    internal long SkipHole()
    {
        if (_map is null)
            return 0;
        long hole = MeasureHole();
        _position += hole;
        return hole;
    }

    /// <summary>Passes over what was not read, without reading it where that can be.</summary>
    internal void SkipRest(Span<byte> scratch)
    {
        if (Remaining > scratch.Length && _archive.CanSeek)
        {
            // Beyond the end there is nothing to read, which would look like the end of the archive.
            if (Remaining > _archive.Length - _archive.Position)
                throw new TarException("the archive ends inside a file");
            _archive.Seek(Remaining, SeekOrigin.Current);
            Remaining = 0;
        }
        while (Remaining > 0)
            ReadStored(scratch[..(int)Math.Min(scratch.Length, Remaining)]);
        _position = _size;
    }

    private int ReadSparse(Span<byte> buffer)
    {
        long hole = MeasureHole();
        if (hole == 0)
        {
            (long start, long length) = _map!.Fragments[_fragment];
            return ReadStored(buffer[..(int)Math.Min(buffer.Length, start + length - _position)]);
        }
        buffer = buffer[..(int)Math.Min(buffer.Length, hole)];
        buffer.Clear();
        return buffer.Length;
    }

    /// <summary>How far the next stored byte is, or the end.</summary>
    private long MeasureHole()
    {
        IReadOnlyList<(long Offset, long Length)> fragments = _map!.Fragments;
        while (_fragment < fragments.Count && _position >= fragments[_fragment].Offset + fragments[_fragment].Length)
            _fragment++;
        return Math.Max(0, (_fragment < fragments.Count ? fragments[_fragment].Offset : _size) - _position);
    }

    private int ReadStored(Span<byte> buffer)
    {
        int count = _archive.Read(buffer);
        if (count == 0)
            throw new TarException("the archive ends inside a file");
        Remaining -= count;
        return count;
    }
}
