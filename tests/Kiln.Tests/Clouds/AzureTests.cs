// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Kiln.Clouds;
using Kiln.Clouds.Azure;
using Kiln.Diagnostics;
using Kiln.Http;
using Kiln.Tests.Registry;
using Kiln.Tests.Servers;
using Xunit;

namespace Kiln.Tests.Clouds;

public sealed class AzureTests : IDisposable
{
    private const string Answer = """{"access_token":"aad","expires_in":"3599"}""";

    private readonly string _directory = Directory.CreateTempSubdirectory("kiln-test-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_service_principal_sends_its_secret()
    {
        await using var entra = new FakeServer(_ => FakeResponse.Of(200, Answer));

        CloudToken? token = await FindAsync(
            ("AZURE_AUTHORITY_HOST", $"http://{entra.Address}/"), ("AZURE_TENANT_ID", "ten"), ("AZURE_CLIENT_ID", "cli"), ("AZURE_CLIENT_SECRET", "sec"));

        Assert.Equal(("aad", "the service principal `cli`"), (token!.Text, token.Place));
        FakeRequest request = Assert.Single(entra.Requests);
        Assert.Equal("/ten/oauth2/v2.0/token", request.Path);
        Dictionary<string, string> form = SignedToken.Form(request.Body);
        Assert.Equal(("client_credentials", "cli", "sec", "https://management.azure.com/.default"), (form["grant_type"], form["client_id"], form["client_secret"], form["scope"]));
    }

    [Fact]
    public async Task A_service_principal_with_a_certificate_signs()
    {
        await using var entra = new FakeServer(_ => FakeResponse.Of(200, Answer));
        using var key = RSA.Create(2048);
        using X509Certificate2 certificate = new CertificateRequest("CN=sp", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        string file = Write("sp.pem", certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());

        await FindAsync(("AZURE_AUTHORITY_HOST", $"http://{entra.Address}"), ("AZURE_TENANT_ID", "ten"), ("AZURE_CLIENT_ID", "cli"), ("AZURE_CLIENT_CERTIFICATE_PATH", file));

        Dictionary<string, string> form = SignedToken.Form(Assert.Single(entra.Requests).Body);
        (JsonElement header, JsonElement claims) = SignedToken.Verify(form["client_assertion"], key, RSASignaturePadding.Pss);
        Assert.Equal("PS256", header.GetProperty("alg").GetString());
        Assert.Equal(System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(certificate.RawData)), header.GetProperty("x5t#S256").GetString());
        Assert.Equal(("cli", "cli", $"http://{entra.Address}/ten/oauth2/v2.0/token"), (claims.GetProperty("iss").GetString(), claims.GetProperty("sub").GetString(), claims.GetProperty("aud").GetString()));
    }

    [Fact]
    public async Task The_workload_identity_of_a_pod_hands_its_token_over()
    {
        await using var entra = new FakeServer(_ => FakeResponse.Of(200, Answer));

        await FindAsync(
            ("AZURE_AUTHORITY_HOST", $"http://{entra.Address}/"), ("AZURE_TENANT_ID", "ten"), ("AZURE_CLIENT_ID", "cli"), ("AZURE_FEDERATED_TOKEN_FILE", Write("token", "jwt\n")));

        Dictionary<string, string> form = SignedToken.Form(Assert.Single(entra.Requests).Body);
        Assert.Equal(("jwt", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), (form["client_assertion"], form["client_assertion_type"]));
    }

    [Fact]
    public async Task The_machines_identity_is_asked_for()
    {
        await using var metadata = new FakeServer(request => request.Headers.GetValueOrDefault("metadata") == "true" ? FakeResponse.Of(200, Answer) : FakeResponse.Of(400));

        CloudToken? token = await FindAsync(("AZURE_POD_IDENTITY_AUTHORITY_HOST", $"http://{metadata.Address}"), ("AZURE_CLIENT_ID", "cli"));

        Assert.Equal("the machine's managed identity", token!.Place);
        Assert.Equal(
            "GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F&client_id=cli", Assert.Single(metadata.Log));
    }

    [Fact]
    public async Task An_apps_identity_is_asked_for_with_its_secret()
    {
        await using var app = new FakeServer(request => request.Headers.GetValueOrDefault("x-identity-header") == "hush" ? FakeResponse.Of(200, Answer) : FakeResponse.Of(401));

        CloudToken? token = await FindAsync(("IDENTITY_ENDPOINT", $"http://{app.Address}/msi/token"), ("IDENTITY_HEADER", "hush"));

        Assert.Equal("the app's managed identity", token!.Place);
    }

    [Fact]
    public async Task Without_anything_there_is_no_token() => Assert.Null(await FindAsync(("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:1")));

    [Theory]
    [InlineData("https://login.example.com@evil/")]
    [InlineData("http://login.example.com")]
    public async Task A_secret_does_not_go_in_clear_to_another_machine(string authority)
    {
        var error = await Assert.ThrowsAsync<BuildException>(() => FindAsync(
            ("AZURE_AUTHORITY_HOST", authority), ("AZURE_TENANT_ID", "ten"), ("AZURE_CLIENT_ID", "cli"), ("AZURE_CLIENT_SECRET", "hush")));

        Assert.Equal(DiagnosticRules.CloudRefused, error.Diagnostic.Rule);
        Assert.DoesNotContain("hush", error.ToString());
    }

    [Fact]
    public async Task A_registry_exchanges_the_token_of_Entra_for_its_own()
    {
        using var authority = new TestAuthority();
        using X509Certificate2 certificate = authority.Issue("team.azurecr.io");
        await using var entra = new FakeServer(_ => FakeResponse.Of(200, Answer));
        await using TlsServer registry = await TlsServer.StartAsync(certificate, _ => FakeResponse.Of(200, """{"refresh_token":"acr"}"""));
        await using var proxy = new ConnectProxy(host => host == "team.azurecr.io:443" ? registry.Port : 1);
        using CloudClient client = CloudClients.Create(
            ProxyRules.Read(new Dictionary<string, string> { ["https_proxy"] = proxy.Address }, name => new InvalidOperationException(name)),
            new ServerCertificates(() => [authority.Certificate]));
        using var tokens = new AzureTokens(
            CloudClients.Of(("AZURE_AUTHORITY_HOST", $"http://{entra.Address}/"), ("AZURE_TENANT_ID", "ten"), ("AZURE_CLIENT_ID", "cli"), ("AZURE_CLIENT_SECRET", "sec")), client);
        using var registries = new AzureRegistryTokens(tokens, client);

        CloudToken? token = await registries.FindAsync("team.azurecr.io", Cancel);

        Assert.Equal("acr", token!.Text);
        FakeRequest request = Assert.Single(registry.Requests);
        Assert.Equal("/oauth2/exchange", request.Path);
        Dictionary<string, string> form = SignedToken.Form(request.Body);
        Assert.Equal(("access_token", "team.azurecr.io", "aad", "ten"), (form["grant_type"], form["service"], form["access_token"], form["tenant"]));
    }

    [Theory]
    [InlineData("team.azurecr.io", "https://management.azure.com/")]
    [InlineData("team-a1b2.azurecr.io", "https://management.azure.com/")]
    [InlineData("team.azurecr.cn", "https://management.chinacloudapi.cn/")]
    [InlineData("team.azurecr.us", "https://management.usgovcloudapi.net/")]
    [InlineData("azurecr.io", null)]
    [InlineData("team.azurecr.io.example.com", null)]
    [InlineData("team.azurecr.io:8443", null)]
    [InlineData("evil.example/.azurecr.io", null)]
    [InlineData("a.b.azurecr.io", null)]
    [InlineData("team.azurecr.example", null)]
    public void A_registry_is_known_by_its_whole_host(string host, string? resource) => Assert.Equal(resource, AzureCloud.OfRegistry(host)?.Resource);

    private string Write(string name, string text)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static async Task<CloudToken?> FindAsync(params (string, string)[] variables)
    {
        using CloudClient client = CloudClients.Create();
        using var tokens = new AzureTokens(CloudClients.Of(variables), client);
        return await tokens.FindAsync(AzureCloud.OfRegistry("team.azurecr.io")!, Cancel);
    }
}
