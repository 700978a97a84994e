// SPDX-License-Identifier: Apache-2.0
using System.Formats.Tar;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Store;
using Xunit;

namespace Kiln.Tests.Store;

/// <summary>Archives of every age, and such as nobody means well with.</summary>
public sealed class DockerArchiveReaderTests : StoreDirectory
{
    private static readonly Platform Amd64 = new("linux", "amd64");
    private static readonly byte[] A = ImageArchive.Layer("a");
    private static readonly byte[] B = ImageArchive.Layer("b");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_Kiln_wrote_is_read_back_with_its_digest()
    {
        Image image = SampleImages.Create("a");
        await DockerArchiveWriter.WriteAsync(PathOf("x.tar"), image, [ImageReference.Parse("h.io/app:1"), ImageReference.Parse("h.io/app:2")], Cancel);

        DockerArchiveReader archive = await OpenAsync();

        Assert.Equal(image.Digest, (await archive.ReadAsync("2", Amd64, Cancel)).Digest);
        Assert.Equal(image.Digest, (await archive.ReadAsync("h.io/app:1", Amd64, Cancel)).Digest);
        Assert.Equal(["h.io/app:1", "1", "h.io/app:2", "2"], Assert.Single((await archive.ListAsync(Cancel)).All).Names);
    }

    [Fact]
    public async Task An_old_archive_has_a_layer_as_a_link_to_where_it_is_already()
    {
        Write(new ImageArchive()
            .File("one/layer.tar", A)
            .Link(TarEntryType.SymbolicLink, "two/layer.tar", "../one/layer.tar")
            .Link(TarEntryType.HardLink, "three/layer.tar", "two/layer.tar")
            .File("c.json", ImageArchive.Config(A, A, A))
            .Manifest(("c.json", ["app:1"], ["one/layer.tar", "two/layer.tar", "three/layer.tar"])));

        Image image = await ReadAsync(null);

        Assert.Equal([Digest.Sha256(A)], image.Layers.Select(layer => layer.Descriptor.Digest).Distinct());
        Assert.Equal(MediaType.OciLayer, image.Layers[2].Descriptor.MediaType);
        Assert.Equal(A, await BytesAsync(image.Layers[2]));
    }

    [Fact]
    public async Task Packed_layers_are_told_by_their_content_and_have_the_digest_of_it()
    {
        byte[] packed = ImageArchive.Gzip(A);
        Write(new ImageArchive().File("l.tar", packed).File("c.json", ImageArchive.Config(A)).Manifest(("c.json", null, ["l.tar"])));

        IBlobSource layer = Assert.Single((await ReadAsync(null)).Layers);

        Assert.Equal((MediaType.OciLayerGzip, Digest.Sha256(packed)), (layer.Descriptor.MediaType, layer.Descriptor.Digest));
    }

    [Fact]
    public async Task A_packed_archive_is_unpacked_beside_and_read_the_same()
    {
        byte[] plain = new ImageArchive().File("l.tar", A).File("c.json", ImageArchive.Config(A)).Manifest(("c.json", ["app:1"], ["l.tar"])).ToArray();
        await File.WriteAllBytesAsync(PathOf("x.tar"), ImageArchive.Gzip(plain), Cancel);

        Assert.Equal(A, await BytesAsync((await ReadAsync("app:1")).Layers[0]));
        Assert.Equal(plain, await File.ReadAllBytesAsync(PathOf("scratch"), Cancel));
    }

    [Fact]
    public async Task Of_several_images_one_is_named()
    {
        Write(new ImageArchive()
            .File("a", A).File("b", B).File("a.json", ImageArchive.Config(A)).File("b.json", ImageArchive.Config(B))
            .Manifest(("a.json", ["app:1", "h.io/app:x"], ["a"]), ("b.json", ["app:2"], ["b"])));

        Assert.Equal(B, await BytesAsync((await ReadAsync("docker.io/library/app:2")).Layers[0]));
        Assert.Equal(A, await BytesAsync((await ReadAsync("h.io/app:x")).Layers[0]));
        Diagnostic refusal = await RefusalAsync(null);
        Assert.Equal("it has `docker.io/library/app:1`, `h.io/app:x`, `docker.io/library/app:2`", refusal.Hint);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("missing.json")]
    public async Task A_name_leads_to_files_of_the_archive_alone(string config)
    {
        Write(new ImageArchive().File("l", A).Manifest((config, null, ["l"])));

        Assert.Contains("does not hold", (await RefusalAsync(null)).Message);
    }

    [Theory]
    [InlineData("../../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("l")]
    public async Task A_link_leads_to_files_of_the_archive_alone(string target)
    {
        Write(new ImageArchive().Link(TarEntryType.SymbolicLink, "l", target).File("c.json", ImageArchive.Config(A)).Manifest(("c.json", null, ["l"])));

        Assert.Equal(DiagnosticRules.ImageArchiveUnreadable, (await RefusalAsync(null)).Rule);
    }

    [Fact]
    public async Task A_layer_that_is_another_than_the_configuration_says_is_noticed()
    {
        Write(new ImageArchive().File("l", B).File("c.json", ImageArchive.Config(A)).Manifest(("c.json", null, ["l"])));

        Image image = await ReadAsync(null);

        Assert.Equal(DiagnosticRules.ContentMismatch, (await Assert.ThrowsAsync<BuildException>(() => BytesAsync(image.Layers[0]))).Diagnostic.Rule);
    }

    [Fact]
    public async Task A_packed_layer_that_is_another_than_the_configuration_says_is_noticed()
    {
        Write(new ImageArchive().File("l", ImageArchive.Gzip(B)).File("c.json", ImageArchive.Config(A)).Manifest(("c.json", null, ["l"])));

        Assert.Equal(DiagnosticRules.ContentMismatch, (await RefusalAsync(null)).Rule);
    }

    [Fact]
    public async Task A_configuration_under_another_one_s_id_is_noticed()
    {
        string name = Digest.Sha256("other"u8).Hex + ".json";
        Write(new ImageArchive().File("l", A).File(name, ImageArchive.Config(A)).Manifest((name, null, ["l"])));

        Assert.Equal(DiagnosticRules.ContentMismatch, (await RefusalAsync(null)).Rule);
    }

    [Theory]
    [InlineData("text that is no tar at all")]
    [InlineData("")]
    public async Task What_is_no_archive_is_said_to_be_none(string content)
    {
        await File.WriteAllTextAsync(PathOf("x.tar"), content, Cancel);

        Assert.Equal(DiagnosticRules.ImageArchiveUnreadable, (await RefusalAsync(null)).Rule);
    }

    [Fact]
    public async Task An_archive_that_was_cut_off_is_broken_wherever_the_cut_is()
    {
        byte[] whole = new ImageArchive().File("c.json", ImageArchive.Config(A)).Manifest(("c.json", null, ["l"])).File("l", new byte[200_000]).ToArray();
        foreach (int length in new[] { 100, 700, whole.Length - 150_000, whole.Length - 100_000 })
        {
            await File.WriteAllBytesAsync(PathOf("x.tar"), whole[..length], Cancel);

            Assert.Equal(DiagnosticRules.ImageArchiveUnreadable, (await RefusalAsync(null)).Rule);
        }
    }

    [Fact]
    public async Task A_manifest_that_makes_no_sense_is_said_so()
    {
        Write(new ImageArchive().File("manifest.json", "{]"u8.ToArray()));
        Assert.Contains("`manifest.json` makes no sense", (await RefusalAsync(null)).Message);

        Write(new ImageArchive().File("c.json", ImageArchive.Config(A, B)).File("l", A).Manifest(("c.json", null, ["l"])));
        Assert.Contains("1 layers, but its configuration names 2", (await RefusalAsync(null)).Message);

        Write(new ImageArchive().File("repositories", "{}"u8.ToArray()));
        Assert.Contains("before 1.10", (await RefusalAsync(null)).Message);
    }

    [Fact]
    public async Task An_archive_that_is_written_takes_its_name_only_when_it_is_complete()
    {
        await File.WriteAllTextAsync(PathOf("x.tar"), "old", Cancel);
        var foreign = new RawDocument(MediaType.OciForeignLayerGzip, "x"u8.ToArray());

        await Assert.ThrowsAsync<BuildException>(
            () => DockerArchiveWriter.WriteAsync(PathOf("x.tar"), Image.Create(new ImageConfig(), [foreign], ImageFormat.Oci), [], Cancel));

        Assert.Equal("x.tar", Assert.Single(Files));
        Assert.Equal("old", await File.ReadAllTextAsync(PathOf("x.tar"), Cancel));
    }

    [Fact]
    public async Task A_link_at_the_name_of_an_archive_is_written_through()
    {
        await File.WriteAllTextAsync(PathOf("real"), "old", Cancel);
        File.CreateSymbolicLink(PathOf("x.tar"), PathOf("real"));

        await DockerArchiveWriter.WriteAsync(PathOf("x.tar"), SampleImages.Create("a"), [], Cancel);

        Assert.Equal(PathOf("real"), new FileInfo(PathOf("x.tar")).LinkTarget);
        Assert.Equal(SampleImages.Create("a").Digest, (await ReadAsync(null)).Digest);
    }

    private void Write(ImageArchive archive) => File.WriteAllBytes(PathOf("x.tar"), archive.ToArray());

    private Task<DockerArchiveReader> OpenAsync() => DockerArchiveReader.OpenAsync(PathOf("x.tar"), () => PathOf("scratch"), Cancel);

    private async Task<Image> ReadAsync(string? name) => await (await OpenAsync()).ReadAsync(name, Amd64, Cancel);

    private async Task<Diagnostic> RefusalAsync(string? name) => (await Assert.ThrowsAsync<BuildException>(() => ReadAsync(name))).Diagnostic;

    private static async Task<byte[]> BytesAsync(IBlobSource blob)
    {
        await using Stream stream = await blob.OpenAsync(Cancel);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Cancel);
        return copy.ToArray();
    }
}
