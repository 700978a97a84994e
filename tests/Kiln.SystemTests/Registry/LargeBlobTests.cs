// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;
using Kiln.Registry;
using Xunit;

namespace Kiln.SystemTests.Registry;

/// <summary>What passes through the client is never held. Alone in its process while it runs: it counts what everybody there allocates.</summary>
[Collection(nameof(Alone))]
public sealed class LargeBlobTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Large_blobs_pass_through_little_memory()
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync(new DockerRegistryOptions(), Cancel);
        await using var client = new RegistryClient(new RegistryOptions { UserAgent = "kiln/test" }, new NoCredentials(), TimeProvider.System);
        ImageReference reference = ImageReference.Parse($"{registry.Address}/large:1");
        var blob = await ZeroBlob.CreateAsync(size: 256L << 20, Cancel);
        long before = GC.GetTotalAllocatedBytes(precise: true);

        await client.PushBlobAsync(reference, blob, Cancel);
        await using Stream pulled = await client.OpenBlobAsync(reference, blob.Descriptor, Cancel);
        await pulled.CopyToAsync(Stream.Null, Cancel);

        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 64L << 20);
    }
}
