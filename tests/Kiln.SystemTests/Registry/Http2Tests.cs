// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Kiln.Http;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.Registry.Transport;
using Xunit;

namespace Kiln.SystemTests.Registry;

public class Http2Tests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public async Task Http_2_is_spoken_where_the_handshake_agrees_on_it(bool tls, int version)
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync(new DockerRegistryOptions { Tls = tls }, Cancel);
        var options = new RegistryOptions { UserAgent = "kiln/test", SkipTlsVerifyHosts = [registry.Address] };
        using var transport = new RegistryTransport(options, new NoCredentials(), new RetryPolicy(Patience.Usual, TimeProvider.System), TimeProvider.System);
        var call = new RegistryCall { Endpoint = new RegistryEndpoint(registry.Address, "app"), Access = RegistryAccess.Pull, Action = "look" };

        using HttpRequestMessage request = call.Request(HttpMethod.Get, "manifests/1");
        using HttpResponseMessage response = await transport.SendAsync(request, Cancel);

        Assert.Equal(version, response.Version.Major);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    /// <summary>Flow control, waiting for the word to go on, and bodies without a length are others there.</summary>
    [Fact]
    public async Task Blobs_go_up_and_come_down_by_http_2_many_at_a_time()
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync(new DockerRegistryOptions { Tls = true }, Cancel);
        await using var client = new RegistryClient(
            new RegistryOptions { UserAgent = "kiln/test", SkipTlsVerifyHosts = [registry.Address] }, new NoCredentials(), TimeProvider.System);
        ImageReference reference = ImageReference.Parse($"{registry.Address}/app:1");

        await Parallel.ForEachAsync(Enumerable.Range(0, 6), Cancel, async (number, token) =>
        {
            IBlobSource blob = await ZeroBlob.CreateAsync((20L << 20) + number, token);
            if (number % 2 == 0)
                await client.PushGrowingBlobAsync(reference, await blob.OpenAsync(token), Task.FromResult(blob), null, token);
            else
                await client.PushBlobAsync(reference, blob, token);
            await using Stream pulled = await client.OpenBlobAsync(reference, blob.Descriptor, token);
            await pulled.CopyToAsync(Stream.Null, token);
        });
    }
}
