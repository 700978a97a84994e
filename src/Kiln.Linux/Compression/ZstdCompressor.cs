// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Kiln.Linux.Interop;

namespace Kiln.Linux.Compression;

/// <summary>Makes frames of zstd (RFC 8878) of bytes that are in memory. The same bytes and level give the same frame.</summary>
public sealed unsafe class ZstdCompressor : IDisposable
{
    private readonly int _level;
    private nint _context = Libzstd.CreateCompressor();

    public ZstdCompressor(int level) => _level = level;

    ~ZstdCompressor() => Free();

    /// <summary>How long a frame of so many bytes can get.</summary>
    public static int LargestFrame(int count) => (int)Libzstd.CompressBound((nuint)count);

    /// <summary>Writes the frame at the front of a buffer of at least <see cref="LargestFrame"/>, and says how long it is.</summary>
    public int Compress(ReadOnlySpan<byte> plain, Span<byte> frame)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        fixed (byte* source = plain)
        fixed (byte* target = frame)
        {
            nuint result = Libzstd.Compress(_context, target, (nuint)frame.Length, source, (nuint)plain.Length, _level);
            GC.KeepAlive(this);
            return Libzstd.IsError(result) == 0
                ? (int)result
                : throw new InvalidOperationException($"zstd: {Marshal.PtrToStringUTF8((nint)Libzstd.GetErrorName(result))}");
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_context != 0)
            Libzstd.FreeCompressor(_context);
        _context = 0;
    }
}
