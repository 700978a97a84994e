// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.Layers.Blobs;
using Kiln.Oci;
using Kiln.SystemTests.Registry;
using Xunit;
using static Kiln.SystemTests.Layers.LayerFiles;

namespace Kiln.SystemTests.Layers;

/// <summary>Other programs unpack what Kiln packed, also where it is many blocks.</summary>
public sealed class ForeignReaderTests
{
    private const string Python = """
        import gzip, hashlib, sys, zlib
        blob = open(sys.argv[1], "rb").read()
        one = zlib.decompressobj(31)
        plain = one.decompress(blob)
        assert one.eof and not one.unused_data, "more than one member"
        assert plain == gzip.decompress(blob)
        print(hashlib.sha256(plain).hexdigest())
        """;

    [Theory]
    [InlineData(LayerCompression.Gzip, "gzip -dc")]
    [InlineData(LayerCompression.Gzip, "pigz -dc")]
    [InlineData(LayerCompression.Gzip, "busybox gunzip -c")]
    [InlineData(LayerCompression.Gzip, "python")]
    [InlineData(LayerCompression.Zstd, "zstd -dc")]
    [InlineData(LayerCompression.None, "cat")]
    public async Task Blobs_are_read_by(LayerCompression compression, string program)
    {
        string[] command = program == "python" ? ["python3", "-c", Python] : program.Split(' ');
        Assert.SkipUnless(Programs.Has(command[0]), $"{command[0]} is not installed");
        using var scratch = new ScratchDirectory();
        string path = scratch.Path("blob");
        foreach (int? level in new int?[] { null, CompressionOptions.Levels(compression).Lowest, CompressionOptions.Levels(compression).Highest })
        {
            LayerSummary summary = Write(path, CompressionOptions.Of(compression, level));

            string pipe = program == "python" ? "" : " | sha256sum";
            string hash = await Programs.RunAsync(["sh", "-c", $"\"$@\"{pipe}", "sh", .. command, path], TestContext.Current.CancellationToken);

            Assert.Equal(summary.DiffId.Hex, hash.Split(' ', '\n')[0]);
        }
    }

    private static LayerSummary Write(string path, CompressionOptions compression)
    {
        using FileStream blob = System.IO.File.Create(path);
        using var writer = new LayerWriter(blob, compression, packers: 3);
        string content = string.Concat(Enumerable.Range(0, 700_000).Select(i => (i * 7919L).ToString(CultureInfo.InvariantCulture)));
        writer.Write(File("a", content), CancellationToken.None);
        writer.Write(Dir("d"), CancellationToken.None);
        return writer.Complete();
    }
}
