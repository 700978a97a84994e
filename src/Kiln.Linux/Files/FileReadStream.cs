// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Files;

/// <summary>
/// Reads a file by pread(2) and nothing else: opening, reading and closing a small file are three system calls. Offsets are its own, so nothing needs to be
/// asked of the file; what cannot be read at an offset (a FIFO, a terminal) fails with ESPIPE.
/// </summary>
public sealed unsafe class FileReadStream(SafeFileHandle file, UnixPath path) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => DirectoryHandle.GetStatus(file, path).Size;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override int Read(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint count = Libc.PRead(file, start, (nuint)buffer.Length, _position);
                if (count >= 0)
                {
                    _position += count;
                    return (int)count;
                }
                ErrnoException error = ErrnoException.Last("pread", path.ToString());
                if (error.Error != Errno.EINTR)
                    throw error;
            }
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin)
    {
        long position = offset + origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => _position,
            _ => Length,
        };
        ArgumentOutOfRangeException.ThrowIfNegative(position, nameof(offset));
        return _position = position;
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            file.Dispose();
        base.Dispose(disposing);
    }
}
