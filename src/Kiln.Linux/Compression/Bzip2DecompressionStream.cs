// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Kiln.Linux.Interop;

namespace Kiln.Linux.Compression;

/// <summary>Reads what bzip2 wrote, through libbz2. Streams that follow each other are one, as bzip2(1) has it.</summary>
public sealed unsafe class Bzip2DecompressionStream : NativeDecompressionStream
{
    private readonly Libbz2.BzStream* _state = (Libbz2.BzStream*)NativeMemory.AllocZeroed((nuint)sizeof(Libbz2.BzStream));
    private bool _open;

    public Bzip2DecompressionStream(Stream packed)
        : base(packed, "bzip2")
    {
    }

    private protected override DecoderStep Decode(ReadOnlySpan<byte> input, Span<byte> output, bool atEnd)
    {
        if (input.IsEmpty)
            return default;
        if (!_open && Libbz2.DecompressInit(_state, 0, 0) != Libbz2.BZ_OK)
            throw Broken("there is no memory for its decoder");
        _open = true;
        fixed (byte* source = input)
        fixed (byte* target = output)
        {
            _state->NextIn = source;
            _state->AvailableIn = (uint)input.Length;
            _state->NextOut = target;
            _state->AvailableOut = (uint)output.Length;
            int result = Libbz2.Decompress(_state);
            if (result is not (Libbz2.BZ_OK or Libbz2.BZ_STREAM_END))
                throw Broken($"BZ2_bzDecompress gives {result}");
            var step = new DecoderStep(input.Length - (int)_state->AvailableIn, output.Length - (int)_state->AvailableOut, result == Libbz2.BZ_STREAM_END);
            if (result == Libbz2.BZ_STREAM_END)
                CloseDecoder();
            return step;
        }
    }

    private protected override void Free()
    {
        CloseDecoder();
        NativeMemory.Free(_state);
    }

    private void CloseDecoder()
    {
        if (_open)
            _ = Libbz2.DecompressEnd(_state);
        _open = false;
    }
}
