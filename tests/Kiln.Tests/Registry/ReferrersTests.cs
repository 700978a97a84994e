// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;
using Xunit;

namespace Kiln.Tests.Registry;

/// <summary>What refers to an image, in registries that list it and in those that do not.</summary>
public class ReferrersTests
{
    private const string Signature = "application/vnd.example.signature";
    private const string Parts = "application/vnd.example.parts";

    private static readonly Digest Subject = Samples.Image.Digest;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_registry_that_lists_referrers_is_asked_page_by_page()
    {
        await using var server = new FakeServer(request => request.Target switch
        {
            _ when request.Target == $"/v2/app/referrers/{Subject}" => List(Referrer(Signature, 1)) with { Headers = [("Content-Type", MediaType.OciIndex.Text), ("Link", $"</v2/app/referrers/{Subject}?page=2>; rel=\"next\"")] },
            _ when request.Target == $"/v2/app/referrers/{Subject}?page=2" => List(Referrer(Parts, 2)),
            _ => FakeResponse.Of(404),
        });

        ImageIndex found = await PullAsync(server, null);

        Assert.Equal([Signature, Parts], found.Manifests.Select(manifest => manifest.ArtifactType));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_kind_is_asked_for_and_picked_where_the_registry_does_not(bool filters)
    {
        await using var server = new FakeServer(request =>
            filters && request.Target.EndsWith("?artifactType=" + Uri.EscapeDataString(Signature), StringComparison.Ordinal) ? List(Referrer(Signature, 1)) : List(Referrer(Parts, 2), Referrer(Signature, 1)));

        ImageIndex found = await PullAsync(server, Signature);

        Assert.Equal(Signature, Assert.Single(found.Manifests).ArtifactType);
    }

    [Fact]
    public async Task Elsewhere_an_index_under_a_tag_lists_them()
    {
        await using var server = new FakeServer(request => request.Path == $"/v2/app/manifests/sha256-{Subject.Hex}" ? List(Referrer(Signature, 1)) : FakeResponse.Of(404));

        Assert.Equal(Signature, Assert.Single((await PullAsync(server, null)).Manifests).ArtifactType);
    }

    [Fact]
    public async Task What_nothing_refers_to_has_an_empty_list()
    {
        await using var server = new FakeServer(_ => FakeResponse.Of(404));

        Assert.Empty((await PullAsync(server, null)).Manifests);
    }

    [Fact]
    public async Task A_list_without_end_is_an_error()
    {
        await using var server = new FakeServer(request => List() with { Headers = [("Content-Type", MediaType.OciIndex.Text), ("Link", $"<{request.Target}>; rel=\"next\"")] });

        await Assert.ThrowsAsync<BuildException>(() => PullAsync(server, null));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task A_manifest_with_a_subject_is_listed_by_the_registry_or_else_under_the_tag(bool lists, int updates)
    {
        var manifests = new ConcurrentDictionary<string, byte[]>();
        await using var server = new FakeServer(request =>
        {
            if (request.Method == "PUT")
            {
                manifests[request.Path] = request.Body;
                return lists ? FakeResponse.Of(201, "", ("OCI-Subject", Subject.ToString())) : FakeResponse.Of(201);
            }
            return manifests.TryGetValue(request.Path, out byte[]? kept) ? new FakeResponse(200, kept, ("Content-Type", MediaType.OciIndex.Text)) : FakeResponse.Of(404);
        });
        await using RegistryClient client = RegistryClients.Create();
        RawDocument first = Attached(Signature), second = Attached(Parts);

        foreach (RawDocument manifest in new[] { first, second, second })
            await client.PushManifestAsync(ImageReference.Parse($"{server.Address}/app@{manifest.Digest}"), manifest, Cancel);

        Assert.Equal(2 + updates, manifests.Count);
        if (!lists)
        {
            ImageIndex list = ImageIndex.Parse(new RawDocument(MediaType.OciIndex, manifests[$"/v2/app/manifests/sha256-{Subject.Hex}"]));
            Assert.Equal([(first.Digest, Signature), (second.Digest, Parts)], list.Manifests.Select(manifest => (manifest.Digest, manifest.ArtifactType!)));
        }
    }

    private static async Task<ImageIndex> PullAsync(FakeServer server, string? artifactType)
    {
        await using RegistryClient client = RegistryClients.Create();
        return await client.PullReferrersAsync(ImageReference.Parse($"{server.Address}/app@{Subject}"), artifactType, Cancel);
    }

    private static RawDocument Attached(string artifactType) => new ImageManifest
    {
        MediaType = MediaType.OciManifest,
        ArtifactType = artifactType,
        Config = Samples.Image.Config.Descriptor,
        Subject = Samples.Image.Manifest.Descriptor,
    }.ToDocument();

    private static Descriptor Referrer(string artifactType, byte content) =>
        new() { MediaType = MediaType.OciManifest, Digest = Digest.Sha256([content]), Size = 1, ArtifactType = artifactType };

    private static FakeResponse List(params Descriptor[] manifests) =>
        Samples.Serve(new ImageIndex { MediaType = MediaType.OciIndex, Manifests = manifests }.ToDocument());
}
