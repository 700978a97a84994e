// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Layers.Blobs;

/// <summary>Unpacked bytes on their way, as many as <see cref="ExpansionLimit"/> permits. Owns the stream below.</summary>
internal sealed class UnpackedStream(Stream plain, ArchiveCompression compression, long packed, ExpansionLimit limit) : ReadOnlyStream
{
    private long _count;

    /// <summary>How many plain bytes were read.</summary>
    public override long Position
    {
        get => _count;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return Count(plain.Read(buffer));
        }
        catch (InvalidDataException e) when (compression == ArchiveCompression.Gzip)
        {
            throw BrokenGzip(e);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return Count(await plain.ReadAsync(buffer, cancellationToken));
        }
        catch (InvalidDataException e) when (compression == ArchiveCompression.Gzip)
        {
            throw BrokenGzip(e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            plain.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>What .NET says of it (an unsupported compression method) is about zip archives.</summary>
    private static InvalidDataException BrokenGzip(InvalidDataException cause) => new("the gzip stream is broken", cause);

    private int Count(int bytes)
    {
        limit.Check(_count += bytes, packed);
        return bytes;
    }
}
