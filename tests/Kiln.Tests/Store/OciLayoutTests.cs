// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Store;
using Xunit;

namespace Kiln.Tests.Store;

public sealed class OciLayoutTests : StoreDirectory
{
    private static readonly Platform Amd64 = new("linux", "amd64");
    private static readonly ImageReference One = ImageReference.Parse("h.io/app:1");
    private static readonly ImageReference Two = ImageReference.Parse("h.io/app:2");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private OciLayoutWriter Writer => new(Root, TimeProvider.System);

    private OciLayoutReader Reader => new(Root);

    [Fact]
    public async Task A_layout_has_its_marker_its_index_and_the_blobs()
    {
        Image image = SampleImages.Create("a");

        await Writer.WriteAsync(image, [One], Cancel);

        IEnumerable<string> blobs = new[] { image.Digest, image.Config.Digest, image.Layers[0].Descriptor.Digest }
            .Select(digest => "blobs/sha256/" + digest.Hex)
            .Order(StringComparer.Ordinal);
        Assert.Equal([.. blobs, "index.json", "oci-layout"], Files);
        Assert.Equal("""{"imageLayoutVersion":"1.0.0"}""", await File.ReadAllTextAsync(PathOf("oci-layout"), Cancel));
    }

    [Fact]
    public async Task An_image_has_an_entry_for_each_of_its_names()
    {
        await Writer.WriteAsync(SampleImages.Create("a"), [One, Two], Cancel);

        ImageIndex index = await Reader.ReadIndexAsync(Cancel);
        Assert.Equal(["1", "2"], index.Manifests.Select(entry => entry.Annotations["org.opencontainers.image.ref.name"]));
        Assert.Equal("h.io/app:1", index.Manifests[0].Annotations["io.containerd.image.name"]);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("h.io/app:2")]
    public async Task A_second_image_stands_beside_the_first(string name)
    {
        await Writer.WriteAsync(SampleImages.Create("a"), [One], Cancel);
        await Writer.WriteAsync(SampleImages.Create("b"), [Two], Cancel);

        Image image = await Reader.ReadAsync(name, Amd64, Cancel);

        Assert.Equal(SampleImages.Create("b").Digest, image.Digest);
        Assert.Equal("b", await ReadAsync(image.Layers[0]));
    }

    [Fact]
    public async Task An_image_takes_the_place_of_the_one_with_its_name()
    {
        await Writer.WriteAsync(SampleImages.Create("a"), [One], Cancel);
        await Writer.WriteAsync(SampleImages.Create("b"), [One], Cancel);

        Assert.Equal(SampleImages.Create("b").Digest, Assert.Single((await Reader.ReadIndexAsync(Cancel)).Manifests).Digest);
    }

    [Fact]
    public async Task The_only_image_needs_no_name()
    {
        await Writer.WriteAsync(SampleImages.Create("a"), [], Cancel);

        Assert.Equal(SampleImages.Create("a").Digest, (await Reader.ReadAsync(null, Amd64, Cancel)).Digest);
    }

    [Fact]
    public async Task One_of_several_images_needs_a_name()
    {
        await Writer.WriteAsync(SampleImages.Create("a"), [One], Cancel);
        await Writer.WriteAsync(SampleImages.Create("b"), [Two], Cancel);

        var error = await Assert.ThrowsAsync<BuildException>(() => Reader.ReadAsync(null, Amd64, Cancel));

        Assert.Equal("it has `h.io/app:1`, `h.io/app:2`", error.Diagnostic.Hint);
        error = await Assert.ThrowsAsync<BuildException>(() => Reader.ReadAsync("3", Amd64, Cancel));
        Assert.Equal(DiagnosticRules.ImageNotStored, error.Diagnostic.Rule);
    }

    [Fact]
    public async Task An_index_inside_the_layout_is_followed_to_the_platform()
    {
        await Writer.WriteAsync(SampleImages.Create("a"), [], Cancel);
        Image arm = SampleImages.Create("b", "arm64");
        await Writer.WriteAsync(arm, [One], Cancel);
        RawDocument inner = new ImageIndex
        {
            MediaType = MediaType.OciIndex,
            Manifests = [arm.Manifest.Descriptor with { Platform = new Platform("linux", "arm64") }],
        }.ToDocument();
        await new BlobStore(PathOf("blobs")).AddAsync(inner, Cancel);
        RawDocument outer = new ImageIndex { MediaType = MediaType.OciIndex, Manifests = [inner.Descriptor] }.ToDocument();
        await File.WriteAllBytesAsync(PathOf("index.json"), outer.Content.ToArray(), Cancel);

        Assert.Equal(arm.Digest, (await Reader.ReadAsync(null, new Platform("linux", "arm64"), Cancel)).Digest);
        var error = await Assert.ThrowsAsync<BuildException>(() => Reader.ReadAsync(null, Amd64, Cancel));
        Assert.Equal(DiagnosticRules.PlatformMissing, error.Diagnostic.Rule);
    }

    [Fact]
    public async Task A_directory_with_other_things_in_it_is_not_touched()
    {
        await File.WriteAllTextAsync(PathOf("precious"), "x", Cancel);

        var error = await Assert.ThrowsAsync<BuildException>(() => Writer.WriteAsync(SampleImages.Create("a"), [], Cancel));

        Assert.Equal(DiagnosticRules.ImageUnwritable, error.Diagnostic.Rule);
        Assert.Equal("precious", Assert.Single(Files));
    }

    [Fact]
    public async Task A_directory_without_an_index_is_no_layout()
    {
        var error = await Assert.ThrowsAsync<BuildException>(() => Reader.ReadIndexAsync(Cancel));

        Assert.Equal(DiagnosticRules.LayoutUnreadable, error.Diagnostic.Rule);
    }

    [Fact]
    public async Task Damaged_documents_and_layers_are_noticed()
    {
        Image image = SampleImages.Create("a");
        await Writer.WriteAsync(image, [], Cancel);
        await File.WriteAllTextAsync(PathOf("blobs", "sha256", image.Layers[0].Descriptor.Digest.Hex), "b", Cancel);

        Image read = await Reader.ReadAsync(null, Amd64, Cancel);
        var error = await Assert.ThrowsAsync<BuildException>(() => ReadAsync(read.Layers[0]));
        Assert.Equal(DiagnosticRules.ContentMismatch, error.Diagnostic.Rule);

        string config = PathOf("blobs", "sha256", image.Config.Digest.Hex);
        await File.WriteAllTextAsync(config, new string(' ', (int)new FileInfo(config).Length), Cancel);
        error = await Assert.ThrowsAsync<BuildException>(() => Reader.ReadAsync(null, Amd64, Cancel));
        Assert.Equal(DiagnosticRules.ContentMismatch, error.Diagnostic.Rule);
    }

    [Fact]
    public async Task A_missing_layer_is_named()
    {
        Image image = SampleImages.Create("a");
        await Writer.WriteAsync(image, [], Cancel);
        File.Delete(PathOf("blobs", "sha256", image.Layers[0].Descriptor.Digest.Hex));

        var error = await Assert.ThrowsAsync<BuildException>(() => Reader.ReadAsync(null, Amd64, Cancel));

        Assert.Contains(image.Layers[0].Descriptor.Digest.ToString(), error.Message);
    }

    [Fact]
    public async Task Several_platforms_without_names_are_one_image()
    {
        Image amd = SampleImages.Create("a"), arm = SampleImages.Create("b", "arm64");
        await Writer.WriteAsync(amd, [One], Cancel);
        await Writer.WriteAsync(arm, [Two], Cancel);
        await WriteIndexAsync(
            amd.Manifest.Descriptor with { Platform = Amd64 }, arm.Manifest.Descriptor with { Platform = new Platform("linux", "arm64") });

        LocatedImage whole = await (await Reader.ListAsync(Cancel)).FindAsync(null, Cancel);

        Assert.Equal(await File.ReadAllBytesAsync(PathOf("index.json"), Cancel), whole.Root.Content.ToArray());
        Assert.Equal(arm.Digest, (await Reader.ReadAsync(null, new Platform("linux", "arm64"), Cancel)).Digest);
    }

    [Fact]
    public async Task A_manifest_inside_of_an_index_is_found_by_its_digest()
    {
        Image image = SampleImages.Create("a");
        await Writer.WriteAsync(image, [One], Cancel);
        RawDocument inner = new ImageIndex { MediaType = MediaType.OciIndex, Manifests = [image.Manifest.Descriptor] }.ToDocument();
        await new BlobStore(PathOf("blobs")).AddAsync(inner, Cancel);
        await WriteIndexAsync(inner.Descriptor);

        Assert.Equal(image.Digest, (await Reader.ReadAsync(image.Digest.ToString(), Amd64, Cancel)).Digest);
    }

    [Fact]
    public async Task Indexes_of_indexes_end_somewhere()
    {
        await Writer.WriteAsync(SampleImages.Create("a"), [One], Cancel);
        RawDocument inner = SampleImages.Create("a").Manifest;
        for (int i = 0; i < 6; i++)
        {
            inner = new ImageIndex { MediaType = MediaType.OciIndex, Manifests = [inner.Descriptor with { Platform = Amd64 }] }.ToDocument();
            await new BlobStore(PathOf("blobs")).AddAsync(inner, Cancel);
        }
        await WriteIndexAsync(inner.Descriptor);

        var error = await Assert.ThrowsAsync<BuildException>(() => Reader.ReadAsync(null, Amd64, Cancel));
        Assert.Equal(DiagnosticRules.MalformedImage, error.Diagnostic.Rule);
        LocatedImage found = await (await Reader.ListAsync(Cancel)).FindAsync(null, Cancel);
        error = await Assert.ThrowsAsync<BuildException>(() => ImageTree.ReadAsync(found, Cancel));
        Assert.Equal(DiagnosticRules.MalformedImage, error.Diagnostic.Rule);
    }

    [Fact]
    public async Task Two_images_of_one_tag_are_told_apart_by_their_whole_names()
    {
        ImageReference other = ImageReference.Parse("h.io/other:1");
        await Writer.WriteAsync(SampleImages.Create("a"), [One], Cancel);
        await Writer.WriteAsync(SampleImages.Create("b"), [other], Cancel);

        Assert.Equal(SampleImages.Create("b").Digest, (await Reader.ReadAsync("h.io/other:1", Amd64, Cancel)).Digest);
        var error = await Assert.ThrowsAsync<BuildException>(() => Reader.ReadAsync("1", Amd64, Cancel));
        Assert.Equal($"`{Root}` holds 2 images named `1`", error.Message);
    }

    [Fact]
    public async Task Whoever_adds_at_the_same_time_loses_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(
            () => new OciLayoutWriter(Root, TimeProvider.System).WriteAsync(SampleImages.Create($"{i}"), [ImageReference.Parse($"h.io/app:{i}")], Cancel), Cancel)));

        Assert.Equal(12, (await Reader.ReadIndexAsync(Cancel)).Manifests.Count);
        Assert.Equal("7", await ReadAsync((await Reader.ReadAsync("7", Amd64, Cancel)).Layers[0]));
    }

    [Fact]
    public async Task A_device_in_place_of_a_document_is_not_read()
    {
        await Writer.WriteAsync(SampleImages.Create("a"), [One], Cancel);
        File.Delete(PathOf("index.json"));
        File.CreateSymbolicLink(PathOf("index.json"), "/dev/zero");

        var error = await Assert.ThrowsAsync<BuildException>(() => Reader.ReadIndexAsync(Cancel));

        Assert.Equal(DiagnosticRules.MalformedImage, error.Diagnostic.Rule);
    }

    private Task WriteIndexAsync(params Descriptor[] entries) => File.WriteAllBytesAsync(
        PathOf("index.json"), new ImageIndex { MediaType = MediaType.OciIndex, Manifests = entries }.ToDocument().Content.ToArray(), Cancel);

    private static async Task<string> ReadAsync(IBlobSource blob)
    {
        using var reader = new StreamReader(await blob.OpenAsync(Cancel));
        return await reader.ReadToEndAsync(Cancel);
    }
}
