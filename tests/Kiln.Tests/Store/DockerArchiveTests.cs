// SPDX-License-Identifier: Apache-2.0
using System.Formats.Tar;
using System.Text;
using System.Text.Json;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Store;
using Xunit;

namespace Kiln.Tests.Store;

public sealed class DockerArchiveTests : StoreDirectory
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_archive_has_the_configuration_the_layers_and_last_the_list_of_them()
    {
        Image image = SampleImages.Create("a");

        List<(string Name, string Content)> files = Read(await WriteAsync(image, "debian:12", "h.io/app:1"));

        string layer = "blobs/sha256/" + image.Layers[0].Descriptor.Digest.Hex;
        string config = "blobs/sha256/" + image.Config.Digest.Hex;
        Assert.Equal([layer, config, "blobs/sha256/" + image.Digest.Hex, "oci-layout", "index.json", "manifest.json"], files.Select(file => file.Name));
        Assert.Equal("a", files[0].Content);
        using JsonDocument manifest = JsonDocument.Parse(files[^1].Content);
        JsonElement entry = Assert.Single(manifest.RootElement.EnumerateArray());
        Assert.Equal(config, entry.GetProperty("Config").GetString());
        Assert.Equal(["docker.io/library/debian:12", "h.io/app:1"], entry.GetProperty("RepoTags").EnumerateArray().Select(tag => tag.GetString()));
        Assert.Equal([layer], entry.GetProperty("Layers").EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public async Task The_same_image_makes_the_same_bytes() =>
        Assert.Equal(await WriteAsync(SampleImages.Create("a"), "a:1"), await WriteAsync(SampleImages.Create("a"), "a:1"));

    [Fact]
    public async Task A_layer_that_is_there_twice_is_written_once_and_named_twice()
    {
        IBlobSource layer = SampleImages.Create("a").Layers[0];
        Image image = Image.Create(new ImageConfig(), [layer, layer], ImageFormat.Oci);

        List<(string Name, string Content)> files = Read(await WriteAsync(image));

        Assert.Equal(6, files.Count);
        Assert.Equal(2, JsonDocument.Parse(files[^1].Content).RootElement[0].GetProperty("Layers").GetArrayLength());
    }

    [Fact]
    public async Task A_layer_that_may_not_be_distributed_is_an_error()
    {
        var layer = new RawDocument(MediaType.OciForeignLayerGzip, "x"u8.ToArray());

        var error = await Assert.ThrowsAsync<BuildException>(() => WriteAsync(Image.Create(new ImageConfig(), [layer], ImageFormat.Oci)));

        Assert.Equal(DiagnosticRules.ImageUnwritable, error.Diagnostic.Rule);
    }

    [Fact]
    public async Task An_archive_is_written_to_a_file()
    {
        await DockerArchiveWriter.WriteAsync(PathOf("image.tar"), SampleImages.Create("a"), [], Cancel);

        Assert.Equal(await WriteAsync(SampleImages.Create("a")), await File.ReadAllBytesAsync(PathOf("image.tar"), Cancel));
    }

    [Theory]
    [InlineData(0, "00000000000")]
    [InlineData(511, "00000000777")]
    [InlineData((8L << 30) - 1, "77777777777")]
    public void Sizes_below_8_GiB_are_octal_digits(long size, string digits) =>
        Assert.Equal(digits + "\0", Encoding.ASCII.GetString(UstarWriter.Header("x", size), 124, 12));

    [Fact]
    public void Larger_sizes_are_base_256() =>
        Assert.Equal("800000000000000200000000", Convert.ToHexStringLower(UstarWriter.Header("x", 8L << 30), 124, 12));

    [Fact]
    public void A_name_that_does_not_fit_is_a_mistake() => Assert.Throws<ArgumentException>(() => UstarWriter.Header(new string('x', 101), 0));

    private static async Task<byte[]> WriteAsync(Image image, params string[] names)
    {
        using var archive = new MemoryStream();
        await DockerArchiveWriter.WriteAsync(archive, image, [.. names.Select(name => ImageReference.Parse(name))], Cancel);
        return archive.ToArray();
    }

    private static List<(string Name, string Content)> Read(byte[] archive)
    {
        using var tar = new TarReader(new MemoryStream(archive));
        var files = new List<(string, string)>();
        while (tar.GetNextEntry() is { } entry)
        {
            Assert.Equal((DateTimeOffset.UnixEpoch, 0, 0), (entry.ModificationTime, entry.Uid, entry.Gid));
            files.Add((entry.Name, new StreamReader(entry.DataStream ?? Stream.Null).ReadToEnd()));
        }
        return files;
    }
}
