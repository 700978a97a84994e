// SPDX-License-Identifier: Apache-2.0
using Kiln.Cache;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Build.Caching;

/// <summary>The layer of an entry, where it lies. Where it turns out to be gone or broken, that is noted, so that the step can be carried out instead.</summary>
internal sealed class CachedBlob(IBlobSource layer, CacheEntry entry, LostLayers lost) : IBlobSource
{
    public Descriptor Descriptor => layer.Descriptor;

    public ImageReference? Origin => layer.Origin;

    public async ValueTask<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return new Watched(await layer.OpenAsync(cancellationToken), this);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw Lost(e);
        }
    }

    private BuildException Lost(Exception cause)
    {
        lost.Add(layer.Descriptor.Digest);
        return DiagnosticRules.CacheLayerLost.Error(
            $"the layer of `{entry.Title}` cannot be read from the cache: {cause.Message}", hint: "`--no-cache` carries out all steps", inner: cause);
    }

    /// <summary>Fails as the cache does, and says so.</summary>
    private sealed class Watched(Stream inner, CachedBlob blob) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            try
            {
                return inner.Read(buffer);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw blob.Lost(e);
            }
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return await inner.ReadAsync(buffer, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw blob.Lost(e);
            }
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }

        public override async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
