// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Oci;
using Xunit;

namespace Kiln.Tests.Oci;

public class ImageIndexTests
{
    private static readonly Platform Arm7 = new("linux", "arm") { Variant = "v7" };

    [Fact]
    public void The_exact_variant_is_preferred_wherever_it_stands()
    {
        ImageIndex index = Of(Entry("v5", new Platform("linux", "arm") { Variant = "v5" }), Entry("v6", new Platform("linux", "arm") { Variant = "v6" }), Entry("v7", Arm7));

        Assert.Equal("v7", Chosen(index, Arm7));
    }

    [Fact]
    public void The_newest_older_variant_is_next_best()
    {
        ImageIndex index = Of(Entry("v5", new Platform("linux", "arm") { Variant = "v5" }), Entry("v6", new Platform("linux", "arm") { Variant = "v6" }));

        Assert.Equal("v6", Chosen(index, Arm7));
    }

    [Fact]
    public void No_image_is_chosen_for_a_platform_that_is_not_there()
    {
        ImageIndex index = Of(Entry("x", new Platform("linux", "amd64")));

        Assert.Null(index.Select(Arm7));
        Assert.Equal("linux/amd64", Assert.Single(index.Platforms).ToString());
    }

    [Fact]
    public void An_entry_without_a_platform_is_the_last_resort()
    {
        Assert.Equal("arm", Chosen(Of(Entry("none", null), Entry("arm", Arm7)), Arm7));
        Assert.Equal("none", Chosen(Of(Entry("none", null), Entry("amd", new Platform("linux", "amd64"))), Arm7));
    }

    [Fact]
    public void Attestations_are_no_images()
    {
        ImageIndex index = Of(
            Entry("attestation", new Platform("unknown", "unknown")),
            Entry("annotated", null) with { Annotations = StringMap.Empty.Add("vnd.docker.reference.type", "attestation-manifest") },
            Entry("other", null) with { MediaType = new MediaType("application/vnd.example+json") });

        Assert.Null(index.Select(Arm7));
        Assert.Empty(index.Platforms);
    }

    [Fact]
    public void An_index_is_written_with_all_that_it_had_when_read()
    {
        const string Json = """
            {
              "schemaVersion": 2,
              "mediaType": "application/vnd.oci.image.index.v1+json",
              "manifests": [
                {
                  "mediaType": "application/vnd.oci.image.manifest.v1+json",
                  "digest": "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                  "size": 3,
                  "platform": {
                    "architecture": "amd64",
                    "os": "windows",
                    "os.version": "10.0.1",
                    "os.features": [
                      "win32k"
                    ],
                    "x": 1
                  },
                  "y": {}
                }
              ],
              "annotations": {
                "a": "b"
              },
              "z": []
            }
            """;

        ImageIndex index = ImageIndex.Parse(new RawDocument(MediaType.OciIndex, Encoding.UTF8.GetBytes(Json)));

        Assert.Equal(Json, Encoding.UTF8.GetString(index.ToDocument().Content.Span));
    }

    private static string? Chosen(ImageIndex index, Platform platform) => index.Select(platform)?.ArtifactType;

    private static ImageIndex Of(params Descriptor[] entries) => new() { MediaType = MediaType.OciIndex, Manifests = entries };

    private static Descriptor Entry(string mark, Platform? platform) => new()
    {
        MediaType = MediaType.OciManifest,
        Digest = Digest.Sha256(Encoding.UTF8.GetBytes(mark)),
        Size = 1,
        Platform = platform,
        ArtifactType = mark,
    };
}
