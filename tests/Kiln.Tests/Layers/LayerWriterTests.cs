// SPDX-License-Identifier: Apache-2.0
using System.IO.Compression;
using System.Security.Cryptography;
using Kiln.Layers.Blobs;
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Xunit;
using static Kiln.Tests.Layers.LayerFiles;

namespace Kiln.Tests.Layers;

/// <summary>A layer's blob and its numbers.</summary>
public sealed class LayerWriterTests
{
    [Fact]
    public void The_numbers_are_those_of_the_bytes()
    {
        (byte[] blob, LayerSummary summary, LayerIndex index) = Write();
        using var plain = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(blob), CompressionMode.Decompress))
            gzip.CopyTo(plain);

        Assert.Equal(($"sha256:{Hash(blob)}", (long)blob.Length), (summary.Digest.ToString(), summary.Size));
        Assert.Equal($"sha256:{Hash(plain.ToArray())}", summary.DiffId.ToString());
        Assert.Equal(["a", "b"], index.Entries.Select(e => e.Path.ToString()));
        Assert.Equal(["a", "b"], TarBytes.Read(plain.ToArray()).Select(e => e.Entry.Path.ToString()));
    }

    [Fact]
    public void The_same_entries_give_the_same_bytes() => Assert.Equal(Write().Blob, Write().Blob);

    [Fact]
    public void A_layer_of_nothing_is_Docker_s_empty_layer()
    {
        using var writer = new LayerWriter(Stream.Null);

        Assert.Equal("sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef", writer.Complete().DiffId.ToString());
    }

    private static (byte[] Blob, LayerSummary Summary, LayerIndex Index) Write()
    {
        using var blob = new MemoryStream();
        using var writer = new LayerWriter(blob);
        writer.Write(new DeltaEntry(File("a", 200_000), new BytesSource(new byte[200_000])), CancellationToken.None);
        writer.Write(new DeltaEntry(File("b"), null), CancellationToken.None);
        LayerSummary summary = writer.Complete();
        return (blob.ToArray(), summary, writer.ToIndex());
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
