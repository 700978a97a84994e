// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;
using Kiln.Diagnostics;
using Kiln.Registry;
using Kiln.Registry.Transport;
using Xunit;

namespace Kiln.Tests.Registry;

public class SchemeTests
{
    [Fact]
    public async Task Credentials_do_not_go_in_clear_to_another_machine()
    {
        var wire = new PlainWire();

        await SendAsync("registry.local:5000", RegistryClients.Impatient, wire);

        Assert.Equal(["https registry.local:5000 secret", "http registry.local:5000 -"], wire.Log);
    }

    [Fact]
    public async Task Credentials_go_in_clear_where_the_user_permits_it()
    {
        var wire = new PlainWire();

        await SendAsync("registry.local:5000", RegistryClients.Impatient with { InsecureHosts = ["registry.local:5000"] }, wire);

        Assert.Equal("http registry.local:5000 secret", wire.Log[^1]);
    }

    [Fact]
    public async Task Credentials_go_in_clear_within_this_machine()
    {
        var wire = new PlainWire();

        await SendAsync("localhost:5000", RegistryClients.Impatient, wire);

        Assert.Equal("http localhost:5000 secret", wire.Log[^1]);
    }

    [Theory]
    [InlineData(RegistryAccess.Pull, false, true)]
    [InlineData(RegistryAccess.Push, true, false)]
    public async Task Plain_http_is_permitted_for_pull_or_push_apart(RegistryAccess access, bool push, bool pull)
    {
        var wire = new PlainWire();

        await SendAsync("registry.example.com", RegistryClients.Impatient with { InsecurePush = push, InsecurePull = pull }, wire, access);

        Assert.Equal("http registry.example.com secret", wire.Log[^1]);
    }

    [Fact]
    public async Task A_plain_registry_that_is_not_near_needs_permission()
    {
        var wire = new PlainWire();

        var error = await Assert.ThrowsAsync<BuildException>(() => SendAsync("registry.example.com:5000", RegistryClients.Impatient, wire));

        Assert.Equal(DiagnosticRules.RegistrySpeaksHttp, error.Diagnostic.Rule);
        Assert.Contains("--insecure-registry registry.example.com:5000", error.Diagnostic.Hint);
        Assert.Equal("http registry.example.com:5000 -", wire.Log[^1]);
    }

    [Fact]
    public async Task Broken_tls_is_not_taken_for_plain_http()
    {
        var wire = new PlainWire { PlainStatus = HttpStatusCode.BadRequest };

        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync("localhost:5000", RegistryClients.Impatient, wire));
        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync("registry.example.com", RegistryClients.Impatient, wire));
    }

    private static async Task SendAsync(string host, RegistryOptions options, PlainWire wire, RegistryAccess access = RegistryAccess.Pull)
    {
        using var invoker = new HttpMessageInvoker(new SchemeHandler(options) { InnerHandler = wire });
        var call = new RegistryCall { Endpoint = new RegistryEndpoint(host, "app"), Access = access, Action = "test" };
        using HttpRequestMessage request = call.Request(HttpMethod.Get, "manifests/1");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
        using HttpResponseMessage response = await invoker.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>A server, wherever it is said to be, that does not speak TLS.</summary>
    private sealed class PlainWire : HttpMessageHandler
    {
        public HttpStatusCode PlainStatus { get; init; } = HttpStatusCode.OK;

        public List<string> Log { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Uri uri = request.RequestUri!;
            Log.Add($"{uri.Scheme} {uri.Authority} {request.Headers.Authorization?.Parameter ?? "-"}");
            return uri.Scheme == "https"
                ? throw new HttpRequestException(HttpRequestError.SecureConnectionError)
                : Task.FromResult(new HttpResponseMessage(PlainStatus) { RequestMessage = request });
        }
    }
}
