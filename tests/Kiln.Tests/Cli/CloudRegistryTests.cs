// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Kiln.Cli.Flags;
using Kiln.Cli.Start;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Tests.Registry;
using Kiln.Tests.Servers;
using Xunit;

namespace Kiln.Tests.Cli;

/// <summary>Pulls from registries of clouds as a build does, of nothing but flags and environment: their hosts are played behind a proxy, by real TLS.</summary>
public sealed class CloudRegistryTests : IDisposable
{
    private const string Amazon = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";
    private const string Google = "europe-docker.pkg.dev";

    private readonly TestAuthority _authority = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task A_registry_of_Amazons_gets_the_password_that_its_service_gave()
    {
        await using var ecr = new FakeServer(_ => FakeResponse.Of(
            200, """{"authorizationData":[{"authorizationToken":"QVdTOnBhc3M=","expiresAt":32472144000.0}]}"""));
        string demand = $"Basic realm=\"https://{Amazon}/\",service=\"ecr.amazonaws.com\"";
        await using Place place = await StartAsync(Amazon, request => request.Authorization == Basic("AWS:pass") ? Samples.Serve(Samples.Image.Manifest) : Demand(demand));

        RawDocument manifest = await place.PullAsync(
            ("AWS_ENDPOINT_URL_ECR", $"http://{ecr.Address}"), ("AWS_ACCESS_KEY_ID", "AKIA1"), ("AWS_SECRET_ACCESS_KEY", "s"));

        Assert.Equal(Samples.Image.Digest, manifest.Digest);
        Assert.Single(ecr.Requests);
    }

    [Fact]
    public async Task A_registry_of_Googles_gives_a_token_for_that_of_the_metadata_server()
    {
        await using var metadata = new FakeServer(_ => FakeResponse.Of(200, """{"access_token":"ya29","expires_in":3599}""", ("Metadata-Flavor", "Google")));
        await using Place place = await StartAsync(Google, request => request.Path == "/v2/token"
            ? request.Authorization == Basic("oauth2accesstoken:ya29") ? FakeResponse.Of(200, """{"token":"t1"}""") : FakeResponse.Of(401)
            : request.Authorization == "Bearer t1" ? Samples.Serve(Samples.Image.Manifest) : Demand($"Bearer realm=\"https://{Google}/v2/token\",service=\"{Google}\""));

        RawDocument manifest = await place.PullAsync(("GCE_METADATA_HOST", metadata.Address));

        Assert.Equal(Samples.Image.Digest, manifest.Digest);
    }

    [Fact]
    public async Task A_cloud_that_refuses_leaves_an_image_open_that_is_open_to_all()
    {
        await using var ecr = new FakeServer(_ => FakeResponse.Of(400, """{"__type":"UnrecognizedClientException"}"""));
        await using Place place = await StartAsync(Amazon, request => request.Path == "/token" && request.Authorization is null
            ? FakeResponse.Of(200, """{"token":"t1"}""")
            : request.Authorization == "Bearer t1" ? Samples.Serve(Samples.Image.Manifest) : Demand($"Bearer realm=\"https://{Amazon}/token\""));

        await place.PullAsync(("AWS_ENDPOINT_URL_ECR", $"http://{ecr.Address}"), ("AWS_ACCESS_KEY_ID", "AKIA1"), ("AWS_SECRET_ACCESS_KEY", "s3cret"));

        Assert.Single(ecr.Requests);
    }

    [Fact]
    public async Task Where_it_is_not_the_clouds_reason_is_told()
    {
        await using var ecr = new FakeServer(_ => FakeResponse.Of(400, """{"__type":"UnrecognizedClientException"}"""));
        await using Place place = await StartAsync(Amazon, _ => Demand("Basic realm=\"r\""));

        var error = await Assert.ThrowsAsync<BuildException>(() => place.PullAsync(
            ("AWS_ENDPOINT_URL_ECR", $"http://{ecr.Address}"), ("AWS_ACCESS_KEY_ID", "AKIA1"), ("AWS_SECRET_ACCESS_KEY", "s3cret")));

        Assert.Equal(DiagnosticRules.AccessDenied, error.Diagnostic.Rule);
        Assert.Contains("Amazon ECR answered 400: {\"__type\":\"UnrecognizedClientException\"}", error.Diagnostic.Hint);
        Assert.DoesNotContain("s3cret", error + error.Diagnostic.Hint);
        Assert.Single(ecr.Requests);
    }

    private async Task<Place> StartAsync(string host, Func<FakeRequest, FakeResponse> answer)
    {
        X509Certificate2 certificate = _authority.Issue(host);
        TlsServer server = await TlsServer.StartAsync(certificate, answer);
        return new Place(host, _authority.FilePath, server, new ConnectProxy(target => target == host + ":443" ? server.Port : 1));
    }

    private static FakeResponse Demand(string challenge) => FakeResponse.Of(401, "", ("WWW-Authenticate", challenge));

    private static string Basic(string user) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(user));

    private sealed class Place(string host, string authority, TlsServer server, ConnectProxy proxy) : IAsyncDisposable
    {
        /// <summary>Twice, since what was learnt the first time must do for the second.</summary>
        public async Task<RawDocument> PullAsync(params (string Name, string Value)[] variables)
        {
            var environment = variables.ToDictionary(variable => variable.Name, variable => variable.Value);
            environment["https_proxy"] = proxy.Address;
            environment["HOME"] = Path.GetDirectoryName(authority)!;
            var arguments = new BuildArguments();
            arguments.RegistryCertificates.Add($"{host}={authority}");
            await using var connections = new RegistryConnections(arguments, environment);
            await connections.Client.PullManifestAsync(ImageReference.Parse($"{host}/app:1"), Cancel);
            return await connections.Client.PullManifestAsync(ImageReference.Parse($"{host}/app:1"), Cancel);
        }

        public async ValueTask DisposeAsync()
        {
            await server.DisposeAsync();
            await proxy.DisposeAsync();
        }
    }
}
