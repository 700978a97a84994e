// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Kiln.Linux.Interop;

/// <summary>The decoder of lzma/base.h and lzma/container.h, names as there.</summary>
internal static unsafe partial class Liblzma
{
    internal const int LZMA_OK = 0;
    internal const int LZMA_STREAM_END = 1;
    internal const int LZMA_BUF_ERROR = 10;
    internal const int LZMA_RUN = 0;
    internal const int LZMA_FINISH = 3;
    internal const uint LZMA_CONCATENATED = 0x08;

    private const string Library = "liblzma.so.5";

    [LibraryImport(Library, EntryPoint = "lzma_stream_decoder")]
    internal static partial int StreamDecoder(LzmaStream* stream, ulong memoryLimit, uint flags);

    [LibraryImport(Library, EntryPoint = "lzma_code")]
    internal static partial int Code(LzmaStream* stream, int action);

    [LibraryImport(Library, EntryPoint = "lzma_end")]
    internal static partial void End(LzmaStream* stream);

    /// <summary>lzma_stream; all zero is LZMA_STREAM_INIT.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 136)]
    internal struct LzmaStream
    {
        internal byte* NextIn;
        internal nuint AvailableIn;
        internal ulong TotalIn;
        internal byte* NextOut;
        internal nuint AvailableOut;
        internal ulong TotalOut;
    }
}
