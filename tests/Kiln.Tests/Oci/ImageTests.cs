// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Diagnostics;
using Kiln.Oci;
using Xunit;

namespace Kiln.Tests.Oci;

public class ImageTests
{
    private static readonly RawDocument Layer = new(MediaType.DockerLayerGzip, "layer"u8.ToArray());

    [Fact]
    public void An_image_is_made_in_one_family_of_types()
    {
        Image image = Image.Create(new ImageConfig { Os = "linux" }, [Layer], ImageFormat.Oci);

        ImageManifest manifest = ImageManifest.Parse(image.Manifest);
        Assert.Equal(MediaType.OciManifest, manifest.MediaType);
        Assert.Equal(MediaType.OciConfig, manifest.Config.MediaType);
        Assert.Equal(MediaType.OciLayerGzip, Assert.Single(manifest.Layers).MediaType);
        Assert.Equal(Layer.Digest, manifest.Layers[0].Digest);
        Assert.Equal(image.Config.Digest, manifest.Config.Digest);
    }

    [Fact]
    public void An_image_whose_manifest_names_other_layers_cannot_be_made()
    {
        Image image = Image.Create(new ImageConfig(), [Layer], ImageFormat.Docker);

        Assert.Throws<ArgumentException>(() => new Image(image.Manifest, image.Config, []));
    }

    [Fact]
    public void A_manifest_keeps_annotations_and_what_is_unknown()
    {
        RawDocument written = Image.Create(new ImageConfig(), [Layer], ImageFormat.Oci).Manifest;
        string json = Encoding.UTF8.GetString(written.Content.Span)[..^2] + ",\n  \"annotations\": {\n    \"k\": \"v\"\n  },\n  \"new\": 1\n}";

        ImageManifest manifest = ImageManifest.Parse(new RawDocument(MediaType.OciManifest, Encoding.UTF8.GetBytes(json)));

        Assert.Equal("v", manifest.Annotations["k"]);
        Assert.Equal(json, Encoding.UTF8.GetString(manifest.ToDocument().Content.Span));
    }

    [Theory]
    [InlineData("""{"schemaVersion":1,"config":{"mediaType":"x","digest":"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","size":1}}""")]
    [InlineData("""{"schemaVersion":2}""")]
    [InlineData("""{"schemaVersion":2,"config":{"mediaType":"x","digest":"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","size":-1}}""")]
    [InlineData("""{"schemaVersion":2,"config":{"mediaType":"x","size":1}}""")]
    public void A_document_that_is_no_manifest_of_schema_2_is_an_error(string json)
    {
        var document = new RawDocument(MediaType.OciManifest, Encoding.UTF8.GetBytes(json));

        var error = Assert.Throws<BuildException>(() => ImageManifest.Parse(document));

        Assert.Equal(DiagnosticRules.MalformedImage, error.Diagnostic.Rule);
    }
}
