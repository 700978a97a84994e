// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Kiln.Linux.Interop;

namespace Kiln.Linux.Compression;

/// <summary>
/// Reads what zstd wrote (RFC 8878). libzstd refuses windows above 128 MiB by itself, so memory is bounded whatever a frame claims.
/// </summary>
public sealed unsafe class ZstdDecompressionStream(Stream packed) : NativeDecompressionStream(packed, "zstd")
{
    private readonly nint _context = Libzstd.CreateDecompressor();

    private protected override DecoderStep Decode(ReadOnlySpan<byte> input, Span<byte> output, bool atEnd)
    {
        fixed (byte* source = input)
        fixed (byte* target = output)
        {
            var into = new Libzstd.Buffer { Start = target, Size = (nuint)output.Length };
            var from = new Libzstd.Buffer { Start = source, Size = (nuint)input.Length };
            nuint result = Libzstd.Decompress(_context, &into, &from);
            if (Libzstd.IsError(result) != 0)
                throw Broken(Marshal.PtrToStringUTF8((nint)Libzstd.GetErrorName(result)) ?? "");
            // zstd.h: 0 is returned when a frame is completely decoded and flushed.
            return new DecoderStep((int)from.Position, (int)into.Position, result == 0);
        }
    }

    private protected override void Free() => Libzstd.FreeDecompressor(_context);
}
