// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Build.Stacks;
using Kiln.Diagnostics;
using Kiln.Oci;
using Xunit;

namespace Kiln.Tests.Build;

public sealed class LayerCatalogTests
{
    [Fact]
    public void Images_share_the_layers_that_they_have_in_common_from_the_bottom()
    {
        var catalog = new LayerCatalog();

        Stack one = Open(catalog, "a", "b", "c"), two = Open(catalog, "a", "b", "x");

        Assert.Same(one.Layers[0], two.Layers[0]);
        Assert.Same(one.Layers[1], two.Layers[1]);
        Assert.NotSame(one.Layers[2], two.Layers[2]);
    }

    [Fact]
    public void The_same_blob_on_other_layers_is_another_layer()
    {
        var catalog = new LayerCatalog();

        Assert.NotSame(Open(catalog, "a", "b").Layers[1], Open(catalog, "x", "b").Layers[1]);
    }

    [Fact]
    public void An_image_whose_configuration_has_another_number_of_layers_is_refused()
    {
        var config = new ImageConfig { Os = "linux", Architecture = "amd64", RootFs = new RootFs { DiffIds = [] } };
        Image image = Image.Create(config, [new RawDocument(MediaType.OciLayerGzip, "a"u8.ToArray())], ImageFormat.Oci);

        var error = Assert.Throws<BuildException>(() => new LayerCatalog().StackOf(image, config));

        Assert.Equal(DiagnosticRules.MalformedImage, error.Diagnostic.Rule);
    }

    private static Stack Open(LayerCatalog catalog, params string[] words)
    {
        RawDocument[] layers = [.. words.Select(w => new RawDocument(MediaType.OciLayerGzip, Encoding.UTF8.GetBytes(w)))];
        var config = new ImageConfig { Os = "linux", Architecture = "amd64", RootFs = new RootFs { DiffIds = [.. layers.Select(l => l.Digest)] } };
        return catalog.StackOf(Image.Create(config, layers, ImageFormat.Oci), config);
    }
}
