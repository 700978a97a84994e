// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Kiln.Linux.Interop;

/// <summary>The decoder of bzlib.h, names as there.</summary>
internal static unsafe partial class Libbz2
{
    internal const int BZ_OK = 0;
    internal const int BZ_STREAM_END = 4;

    private const string Library = "libbz2.so.1.0";

    [LibraryImport(Library, EntryPoint = "BZ2_bzDecompressInit")]
    internal static partial int DecompressInit(BzStream* stream, int verbosity, int small);

    [LibraryImport(Library, EntryPoint = "BZ2_bzDecompress")]
    internal static partial int Decompress(BzStream* stream);

    [LibraryImport(Library, EntryPoint = "BZ2_bzDecompressEnd")]
    internal static partial int DecompressEnd(BzStream* stream);

    /// <summary>bz_stream.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct BzStream
    {
        internal byte* NextIn;
        internal uint AvailableIn;
        internal uint TotalInLow;
        internal uint TotalInHigh;
        internal byte* NextOut;
        internal uint AvailableOut;
        internal uint TotalOutLow;
        internal uint TotalOutHigh;
        internal void* State;
        internal void* Allocate;
        internal void* Free;
        internal void* Opaque;
    }
}
