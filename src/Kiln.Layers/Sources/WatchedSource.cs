// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Layers.Sources;

/// <summary>A source whose bytes somebody looks at on their way, who may end it by an exception.</summary>
/// <param name="inner">Where the bytes are.</param>
/// <param name="makeWatcher">Makes who looks, anew for each time the source is opened. Is given every byte once, in order.</param>
public sealed class WatchedSource(ContentSource inner, Func<Action<ReadOnlySpan<byte>>> makeWatcher) : ContentSource
{
    public override Stream Open() => new WatchedStream(inner.Open(), makeWatcher());

    private sealed class WatchedStream(Stream source, Action<ReadOnlySpan<byte>> watch) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            int count = source.Read(buffer);
            watch(buffer[..count]);
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                source.Dispose();
            base.Dispose(disposing);
        }
    }
}
