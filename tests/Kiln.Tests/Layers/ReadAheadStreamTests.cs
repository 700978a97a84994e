// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Blobs;
using Kiln.Oci;
using Xunit;

namespace Kiln.Tests.Layers;

public sealed class ReadAheadStreamTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256 << 10)]
    [InlineData((5 << 20) + 17)]
    public void The_bytes_are_those_of_the_stream(int length)
    {
        byte[] bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        using var ahead = new ReadAheadStream(_ => new MemoryStream(bytes), Cancel);
        using var read = new MemoryStream();

        ahead.CopyTo(read);

        Assert.Equal(bytes, read.ToArray());
        Assert.Equal(0, ahead.Read(new byte[1]));
    }

    [Fact]
    public void What_the_stream_throws_comes_after_the_bytes_before_it()
    {
        using var ahead = new ReadAheadStream(_ => new Source([.. "abc"u8], _ => throw new InvalidDataException("broken")), Cancel);
        byte[] read = new byte[256 << 10];

        ahead.ReadExactly(read);

        Assert.Equal("abc"u8, read.AsSpan(0, 3));
        Assert.Equal("broken", Assert.Throws<InvalidDataException>(() => ahead.ReadByte()).Message);
    }

    [Fact]
    public void Who_has_had_enough_ends_a_stream_that_waits()
    {
        bool closed = false;
        var ahead = new ReadAheadStream(
            token => new Source([], _ => token.WaitHandle.WaitOne(), () => closed = true), Cancel);

        ahead.Dispose();

        Assert.True(closed);
    }

    [Fact]
    public void A_stream_that_is_longer_than_all_buffers_can_be_left_in_the_middle()
    {
        using var ahead = new ReadAheadStream(_ => new MemoryStream(new byte[32 << 20]), Cancel);

        Assert.Equal(0, ahead.ReadByte());
    }

    /// <summary>Some bytes, then something happens.</summary>
    private sealed class Source(byte[] bytes, Func<int, bool> then, Action? closed = null) : ReadOnlyStream
    {
        private bool _given;

        public override int Read(Span<byte> buffer)
        {
            if (_given || bytes.Length == 0)
            {
                then(0);
                return 0;
            }
            // All that is asked for, so that it is passed on before the next read.
            _given = true;
            buffer.Clear();
            bytes.CopyTo(buffer);
            return buffer.Length;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

        protected override void Dispose(bool disposing)
        {
            closed?.Invoke();
            base.Dispose(disposing);
        }
    }
}
