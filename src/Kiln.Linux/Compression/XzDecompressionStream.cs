// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Kiln.Linux.Interop;

namespace Kiln.Linux.Compression;

/// <summary>Reads what xz wrote (tukaani.org/xz/xz-file-format.txt), through liblzma.</summary>
public sealed unsafe class XzDecompressionStream : NativeDecompressionStream
{
    /// <summary>`xz -9` needs 65 MiB; whoever asks for more than this means harm.</summary>
    private const ulong MemoryLimit = 128 << 20;

    private readonly Liblzma.LzmaStream* _state = (Liblzma.LzmaStream*)NativeMemory.AllocZeroed((nuint)sizeof(Liblzma.LzmaStream));

    public XzDecompressionStream(Stream packed)
        : base(packed, "xz")
    {
        if (Liblzma.StreamDecoder(_state, MemoryLimit, Liblzma.LZMA_CONCATENATED) != Liblzma.LZMA_OK)
            throw Broken("there is no memory for its decoder");
    }

    private protected override DecoderStep Decode(ReadOnlySpan<byte> input, Span<byte> output, bool atEnd)
    {
        fixed (byte* source = input)
        fixed (byte* target = output)
        {
            _state->NextIn = source;
            _state->AvailableIn = (nuint)input.Length;
            _state->NextOut = target;
            _state->AvailableOut = (nuint)output.Length;
            int result = Liblzma.Code(_state, atEnd ? Liblzma.LZMA_FINISH : Liblzma.LZMA_RUN);
            // base.h: LZMA_BUF_ERROR only says that nothing more could be done with these buffers.
            if (result is not (Liblzma.LZMA_OK or Liblzma.LZMA_STREAM_END or Liblzma.LZMA_BUF_ERROR))
                throw Broken($"lzma_code gives {result}");
            return new DecoderStep(input.Length - (int)_state->AvailableIn, output.Length - (int)_state->AvailableOut, true);
        }
    }

    private protected override void Free()
    {
        Liblzma.End(_state);
        NativeMemory.Free(_state);
    }
}
