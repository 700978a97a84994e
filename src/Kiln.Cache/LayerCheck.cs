// SPDX-License-Identifier: Apache-2.0
using System.IO.Compression;
using Kiln.Diagnostics;
using Kiln.Linux.Compression;
using Kiln.Oci;

namespace Kiln.Cache;

/// <summary>Reads a layer to its end: the blob has its digest, and what is in it the diff id. Nothing is kept of it, so that it may be of any size.</summary>
internal static class LayerCheck
{
    private const int BufferSize = 128 << 10;

    /// <exception cref="BuildException">It does not, or cannot be read.</exception>
    internal static async Task RunAsync(IBlobSource layer, Digest diffId, CancellationToken cancellationToken)
    {
        await using Stream packed = VerifyingStream.Of(await layer.OpenAsync(cancellationToken), layer.Descriptor, "the cache");
        await using var plain = new DigestingStream(Stream.Null);
        try
        {
            await using Stream unpacked = Unpack(packed, layer.Descriptor.MediaType.Compression);
            await unpacked.CopyToAsync(plain, BufferSize, cancellationToken);
            // What stands behind the end of the packed bytes belongs to the blob too.
            await packed.CopyToAsync(Stream.Null, BufferSize, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw DiagnosticRules.CacheEntryBroken.Error($"layer `{layer.Descriptor.Digest}` cannot be unpacked: {e.Message.TrimEnd('.')}", inner: e);
        }
        if (plain.Complete().Digest is var actual && actual != diffId)
            throw DiagnosticRules.CacheEntryBroken.Error($"layer `{layer.Descriptor.Digest}` has the diff id `{actual}`, and not `{diffId}`");
    }

    private static Stream Unpack(Stream packed, LayerCompression compression) => compression switch
    {
        LayerCompression.None => new Kept(packed),
        LayerCompression.Gzip => new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true),
        LayerCompression.Zstd => new ZstdDecompressionStream(new Kept(packed)),
    };

    /// <summary>Leaves its stream open. A decoder of the system's reads in one go, on a thread of the pool, and what comes over the network cannot be read so.</summary>
    private sealed class Kept(Stream stream) : ReadOnlyStream
    {
        private readonly byte[] _buffer = new byte[BufferSize];

        public override int Read(Span<byte> buffer)
        {
            int read = stream.ReadAsync(_buffer, 0, Math.Min(buffer.Length, _buffer.Length)).GetAwaiter().GetResult();
            _buffer.AsSpan(0, read).CopyTo(buffer);
            return read;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => stream.ReadAsync(buffer, cancellationToken);
    }
}
