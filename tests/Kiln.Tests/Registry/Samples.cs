// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Tests.Registry;

/// <summary>A small image, and answers that a registry with it would give.</summary>
internal static class Samples
{
    public static readonly RawDocument Layer = new(MediaType.OciLayerGzip, Enumerable.Range(0, 10_000).Select(i => (byte)(i * 7)).ToArray());

    public static readonly Image Image = Image.Create(
        new ImageConfig { Os = "linux", Architecture = "amd64", RootFs = new RootFs { DiffIds = [Layer.Digest] } }, [Layer], ImageFormat.Oci);

    public static readonly Platform Amd64 = new("linux", "amd64");

    public static FakeResponse Serve(RawDocument document) =>
        new(200, document.Content.ToArray(), ("Content-Type", document.MediaType.Text), ("Docker-Content-Digest", document.Digest.ToString()));

    /// <summary>Answers for the image under `app`, any tag; null for everything else.</summary>
    public static FakeResponse? Find(FakeRequest request)
    {
        if (request.Path.StartsWith("/v2/app/manifests/", StringComparison.Ordinal))
            return Serve(Image.Manifest);
        return new[] { Image.Config, Layer }.Where(blob => request.Path == $"/v2/app/blobs/{blob.Digest}").Select(Serve).FirstOrDefault();
    }
}
