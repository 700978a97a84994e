// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;
using Xunit;

namespace Kiln.Tests.Oci;

public class MediaTypeTests
{
    [Fact]
    public void A_type_of_one_family_has_its_counterpart_in_the_other()
    {
        Assert.Equal(MediaType.DockerLayerGzip, MediaType.OciLayerGzip.In(ImageFormat.Docker));
        Assert.Equal(MediaType.OciManifest, MediaType.DockerManifest.In(ImageFormat.Oci));
        Assert.Equal(MediaType.OciIndex, MediaType.OciIndex.In(ImageFormat.Oci));
    }

    [Fact]
    public void An_unknown_type_stays_what_it_is()
    {
        var type = new MediaType("application/vnd.example+json");

        Assert.Equal(type, type.In(ImageFormat.Docker));
        Assert.False(type.IsLayer || type.IsManifest || type.IsIndex || type.IsDocker);
    }

    [Fact]
    public void Layers_say_how_they_are_packed()
    {
        Assert.Equal(LayerCompression.Gzip, MediaType.DockerForeignLayerGzip.Compression);
        Assert.Equal(LayerCompression.Zstd, MediaType.Layer(ImageFormat.Docker, LayerCompression.Zstd).Compression);
        Assert.Equal(LayerCompression.None, MediaType.OciLayer.Compression);
        Assert.Throws<InvalidOperationException>(() => MediaType.OciConfig.Compression);
    }

    [Fact]
    public void Foreign_layers_are_layers_that_are_not_pushed()
    {
        Assert.True(MediaType.DockerForeignLayerGzip.IsForeignLayer);
        Assert.True(MediaType.OciForeignLayer.IsForeignLayer);
        Assert.False(MediaType.OciLayer.IsForeignLayer);
    }
}
