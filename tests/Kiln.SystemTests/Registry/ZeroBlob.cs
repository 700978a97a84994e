// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.SystemTests.Registry;

/// <summary>A blob of zeros that no memory or disk has to hold.</summary>
internal sealed class ZeroBlob : IBlobSource
{
    private ZeroBlob(Descriptor descriptor) => Descriptor = descriptor;

    public Descriptor Descriptor { get; }

    public static async Task<ZeroBlob> CreateAsync(long size, CancellationToken cancellationToken)
    {
        await using var digesting = new DigestingStream(Stream.Null);
        await new Zeros(size).CopyToAsync(digesting, cancellationToken);
        ContentSummary content = digesting.Complete();
        return new ZeroBlob(new Descriptor { MediaType = MediaType.OciLayer, Digest = content.Digest, Size = content.Size });
    }

    public ValueTask<Stream> OpenAsync(CancellationToken cancellationToken) => new(new Zeros(Descriptor.Size));

    private sealed class Zeros(long size) : ReadOnlyStream
    {
        private long _left = size;

        public override int Read(Span<byte> buffer)
        {
            int read = (int)Math.Min(buffer.Length, _left);
            buffer[..read].Clear();
            _left -= read;
            return read;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));
    }
}
