// SPDX-License-Identifier: Apache-2.0
using System.IO.Compression;
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Kiln.Layers.Blobs;
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Oci;
using Xunit;
using static Kiln.Tests.Layers.LayerFiles;

namespace Kiln.Tests.Layers;

/// <summary>A layer's blob and its numbers.</summary>
public sealed class LayerWriterTests
{
    private const int BlockSize = 1 << 20;

    /// <summary>Every level of every compression.</summary>
    public static TheoryData<LayerCompression, int> Levels()
    {
        var levels = new TheoryData<LayerCompression, int>();
        foreach (LayerCompression compression in Enum.GetValues<LayerCompression>())
            for (int level = CompressionOptions.Levels(compression).Lowest; level <= CompressionOptions.Levels(compression).Highest; level++)
                levels.Add(compression, level);
        return levels;
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void The_numbers_are_those_of_the_bytes(LayerCompression compression, int level)
    {
        byte[] content = Bytes(200_000);

        (byte[] blob, LayerSummary summary, LayerIndex index) = Write([content, []], CompressionOptions.Of(compression, level));

        byte[] plain = Unpack(blob);
        Assert.Equal(($"sha256:{Hash(blob)}", (long)blob.Length), (summary.Digest.ToString(), summary.Size));
        Assert.Equal($"sha256:{Hash(plain)}", summary.DiffId.ToString());
        Assert.Equal(["f0", "f1"], index.Entries.Select(e => e.Path.ToString()));
        Assert.Equal([content, []], TarBytes.Read(plain).Select(e => e.Content));
    }

    [Theory]
    [InlineData(LayerCompression.Gzip)]
    [InlineData(LayerCompression.Zstd)]
    [InlineData(LayerCompression.None)]
    public void The_bytes_do_not_depend_on_how_many_threads_pack(LayerCompression compression)
    {
        byte[][] contents = [Bytes(21 * BlockSize + 17), Bytes(100), Bytes(3 * BlockSize)];
        CompressionOptions options = CompressionOptions.Of(compression, level: null);

        byte[][] blobs = [.. new[] { 1, 2, 3, 16, 100 }.Select(packers => Write(contents, options, packers).Blob)];

        Assert.All(blobs, blob => Assert.Equal(Hash(blobs[0]), Hash(blob)));
        Assert.Equal(contents.Select(Hash), TarBytes.Read(Unpack(blobs[0])).Select(e => Hash(e.Content)));
    }

    /// <summary>Contents that end at a block's border, one byte before and one behind it; a tar has 512 bytes before the first content and 1024 at its end.</summary>
    [Theory]
    [InlineData(BlockSize - 512)]
    [InlineData(BlockSize - 512 - 1)]
    [InlineData(BlockSize - 512 + 1)]
    [InlineData(BlockSize - 512 - 1024)]
    [InlineData((2 * BlockSize) - 512 - 1024)]
    [InlineData((PackingStream.BlocksInFlight * BlockSize) - 512 - 1024)]
    public void Nothing_is_lost_at_a_block_s_border(int size)
    {
        byte[] content = Bytes(size);

        byte[] plain = Unpack(Write([content], CompressionOptions.Default).Blob);

        Assert.Equal(content, Assert.Single(TarBytes.Read(plain)).Content);
    }

    [Fact]
    public void A_layer_of_nothing_is_Docker_s_empty_layer() =>
        Assert.Equal("sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef", Write([], CompressionOptions.Default).Summary.DiffId.ToString());

    [Fact]
    public void Nothing_of_the_machine_is_in_gzip_s_header() =>
        Assert.Equal("1F8B08000000000000FF", Convert.ToHexString(Write([], CompressionOptions.Default).Blob.AsSpan(0, 10)));

    [Fact]
    public void What_goes_wrong_where_the_blob_is_written_comes_out_at_the_writer()
    {
        using var blob = new FullStream(room: 3 * BlockSize);
        using var writer = new LayerWriter(blob, CompressionOptions.Of(LayerCompression.None), packers: 2);

        IOException error = Assert.Throws<IOException>(() =>
        {
            writer.Write(Entry(0, Bytes(40 * BlockSize)), CancellationToken.None);
            writer.Complete();
        });

        Assert.Equal("full", error.Message);
    }

    [Fact]
    public void A_layer_that_is_given_up_ends_its_threads_and_leaves_its_stream_alone()
    {
        using var blob = new FullStream(room: long.MaxValue);
        using var cancelled = new CancellationTokenSource();
        var writer = new LayerWriter(blob, CompressionOptions.Default, packers: 3);
        writer.Write(Entry(0, Bytes(9 * BlockSize)), cancelled.Token);

        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => writer.Write(Entry(1, Bytes(BlockSize)), cancelled.Token));
        writer.Dispose();
        long written = blob.Written;

        // The threads are joined, so that nobody is left who could write.
        blob.Write([1]);
        Assert.Equal(written + 1, blob.Written);
    }

    [Fact]
    public void Any_contents_are_read_back_as_they_were_written()
    {
        Gen<int[]> sizes = Gen.Elements(0, 1, 511, 512, 513, 70_000, BlockSize - 512, BlockSize, 2_500_000).ArrayOf().Select(s => s.Take(8).ToArray());
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(25).WithReplay(0x5EED, 1), Prop.ForAll(Arb.From(sizes), lengths =>
        {
            byte[][] contents = [.. lengths.Select(Bytes)];
            (byte[] blob, LayerSummary summary, _) = Write(contents, CompressionOptions.Default);
            byte[] plain = Unpack(blob);
            return $"sha256:{Hash(plain)}" == summary.DiffId.ToString() && TarBytes.Read(plain).Select(e => Hash(e.Content)).SequenceEqual(contents.Select(Hash));
        }));
    }

    [Fact]
    public void Checksums_of_parts_make_that_of_the_whole()
    {
        byte[] whole = Bytes(100_000);
        foreach (int cut in new[] { 0, 1, 7, 4096, 65_537, 100_000 })
            Assert.Equal(Checksum(whole), Crc32.Combine(Checksum(whole[..cut]), Checksum(whole[cut..]), whole.Length - cut));
    }

    [Theory]
    [InlineData(LayerCompression.Gzip, 10)]
    [InlineData(LayerCompression.Gzip, -1)]
    [InlineData(LayerCompression.Zstd, 23)]
    [InlineData(LayerCompression.None, 1)]
    public void A_level_that_a_compression_does_not_have_is_none(LayerCompression compression, int level) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => CompressionOptions.Of(compression, level));

    private static (byte[] Blob, LayerSummary Summary, LayerIndex Index) Write(byte[][] contents, CompressionOptions compression, int packers = 2)
    {
        using var blob = new MemoryStream();
        using var writer = new LayerWriter(blob, compression, packers);
        for (int i = 0; i < contents.Length; i++)
            writer.Write(Entry(i, contents[i]), CancellationToken.None);
        LayerSummary summary = writer.Complete();
        return (blob.ToArray(), summary, writer.ToIndex());
    }

    private static DeltaEntry Entry(int number, byte[] content) => new(File($"f{number}", content.Length), new BytesSource(content));

    /// <summary>Half noise, half repetition, and never the same twice.</summary>
    private static byte[] Bytes(int size)
    {
        byte[] bytes = new byte[size];
        new System.Random(size).NextBytes(bytes);
        for (int i = 0; i < size; i++)
            if ((i >> 9 & 1) == 0)
                bytes[i] = (byte)(i >> 12);
        return bytes;
    }

    private static byte[] Unpack(byte[] blob)
    {
        using var plain = new MemoryStream();
        using Stream unpacked = Decompression.Open(new MemoryStream(blob));
        unpacked.CopyTo(plain);
        return plain.ToArray();
    }

    /// <summary>What zlib says, at the end of a gzip member.</summary>
    private static uint Checksum(byte[] bytes)
    {
        using var member = new MemoryStream();
        using (var gzip = new GZipStream(member, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(bytes);
        return bytes.Length == 0 ? 0 : BitConverter.ToUInt32(member.ToArray().AsSpan()[^8..]);
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>A disk with so much room.</summary>
    private sealed class FullStream(long room) : WriteOnlyStream
    {
        public long Written { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Written + buffer.Length > room)
                throw new IOException("full");
            Written += buffer.Length;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override void Flush()
        {
        }
    }
}
