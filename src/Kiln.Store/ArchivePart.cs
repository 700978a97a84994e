// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Store;

/// <summary>The bytes of one file of an archive. Owns the handle.</summary>
internal sealed class ArchivePart(SafeFileHandle archive, ArchiveFile file) : ReadOnlyStream
{
    private long _position;

    public override bool CanSeek => true;

    public override long Length => file.Size;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override int Read(Span<byte> buffer) => Take(RandomAccess.Read(archive, buffer[..Fit(buffer.Length)], file.Offset + _position));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Take(await RandomAccess.ReadAsync(archive, buffer[..Fit(buffer.Length)], file.Offset + _position, cancellationToken));

    public override long Seek(long offset, SeekOrigin origin)
    {
        long to = offset + origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => _position,
            _ => file.Size,
        };
        return to >= 0 && to <= file.Size ? _position = to : throw new IOException("that is outside of the file");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            archive.Dispose();
        base.Dispose(disposing);
    }

    private int Fit(int wanted) => (int)Math.Min(wanted, file.Size - _position);

    private int Take(int count)
    {
        _position += count;
        return count;
    }
}
