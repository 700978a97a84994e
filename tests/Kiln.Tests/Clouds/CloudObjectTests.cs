// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Kiln.Clouds;
using Kiln.Clouds.Amazon;
using Kiln.Clouds.Azure;
using Kiln.Clouds.Google;
using Kiln.Clouds.Objects;
using Kiln.Contexts.Http;
using Kiln.Diagnostics;
using Kiln.Http;
using Kiln.Tests.Registry;
using Kiln.Tests.Servers;
using Xunit;

namespace Kiln.Tests.Clouds;

/// <summary>Files in the object stores of clouds: their addresses, and who is told what.</summary>
public sealed class CloudObjectTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kiln-test-").FullName;
    private readonly CloudClient _client = CloudClients.Create();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("s3://box/a/b", "https://box.s3.eu-central-1.amazonaws.com/a/b", "AWS_REGION=eu-central-1")]
    [InlineData("s3://box/a", "https://box.s3.us-east-1.amazonaws.com/a")]
    [InlineData("s3://box/a", "https://box.s3.cn-north-1.amazonaws.com.cn/a", "AWS_DEFAULT_REGION=cn-north-1")]
    [InlineData("s3://b.ox/a", "https://s3.us-east-1.amazonaws.com/b.ox/a")]
    [InlineData("s3://box/a", "https://box.minio.example.org:9000/a", "S3_ENDPOINT=https://minio.example.org:9000/")]
    [InlineData("s3://box/a", "https://minio.example.org/box/a", "S3_ENDPOINT=minio.example.org", "S3_FORCE_PATH_STYLE=true")]
    [InlineData("s3://box/a", "http://10.0.0.1:9000/box/a", "S3_ENDPOINT=http://10.0.0.1:9000")]
    [InlineData("s3://box/a", "https://s3.example.org/minio/box/a", "AWS_ENDPOINT_URL_S3=https://s3.example.org/minio", "S3_FORCE_PATH_STYLE=true")]
    [InlineData("s3://box/a b/../c+d//é~", "https://box.s3.us-east-1.amazonaws.com/a%20b/../c%2Bd//%C3%A9~")]
    public void An_object_of_Amazon_s_has_its_bucket_in_its_host_or_its_path(string text, string address, params string[] variables) =>
        Assert.Equal(address, Amazon(text, variables).Address.OriginalString);

    [Fact]
    public async Task A_request_is_signed_as_in_Amazon_s_published_example()
    {
        var time = new FixedTime(new DateTimeOffset(2013, 5, 24, 0, 0, 0, TimeSpan.Zero));
        using var credentials = new AmazonCredentials(
            CloudClients.Of(("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")), _client);
        var stored = new AmazonObject("s3://examplebucket/test.txt", CloudClients.Of(("AWS_ENDPOINT_URL_S3", "https://s3.amazonaws.com")), () => credentials, time);
        using var request = new HttpRequestMessage(HttpMethod.Get, stored.Address);
        request.Headers.TryAddWithoutValidation("Range", "bytes=0-9");

        await stored.AuthorizeAsync(request, Cancel);

        Assert.EndsWith("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41", request.Headers.Authorization!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_of_Google_s_is_asked_for_with_a_token_of_the_key_file()
    {
        using var key = RSA.Create(2048);
        await using var tokens = new FakeServer(_ => FakeResponse.Of(200, """{"access_token":"s3cret-token","expires_in":3599}"""));
        string file = Path.Combine(_directory, "key.json");
        File.WriteAllText(file, JsonSerializer.Serialize(new { type = "service_account", client_email = "a@b", private_key = key.ExportPkcs8PrivateKeyPem(), token_uri = $"http://{tokens.Address}/token" }));
        using var google = new GoogleTokens(CloudClients.Of(("GOOGLE_APPLICATION_CREDENTIALS", file)), _client);

        string got = await AskGoogleAsync(google, "gs://box/dir/a b.tar");
        Diagnostic missing = await RefusalAsync(google, "gs://box/none");
        Diagnostic cut = await RefusalAsync(google, "gs://moved/a");

        Assert.Equal("content", got);
        Assert.Equal(
            ("`gs://box/none` cannot be downloaded: the server answered 404 Not Found", "the bucket `box` does not exist, or holds no object `none`"), (missing.Message, missing.Hint));
        Assert.StartsWith("`gs://moved/a` cannot be downloaded: the server answered 302", cut.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_of_Google_s_is_asked_for_with_a_token_of_the_machine_or_with_none()
    {
        await using var metadata = new FakeServer(_ => FakeResponse.Of(200, """{"access_token":"s3cret-wr0ng","expires_in":3599}""", ("Metadata-Flavor", "Google")));
        using var machine = new GoogleTokens(CloudClients.Of(("GCE_METADATA_HOST", metadata.Address)), _client);
        using var nobody = new GoogleTokens(CloudClients.Of(("NO_GCE_CHECK", "true")), _client);

        Diagnostic refused = await RefusalAsync(machine, "gs://box/dir/a b.tar");
        Diagnostic anonymous = await RefusalAsync(nobody, "gs://box/dir/a b.tar");

        Assert.Equal("`gs://box/dir/a b.tar` cannot be downloaded: the server answered 401 Unauthorized", refused.Message);
        Assert.StartsWith("it was asked for with a token from ", refused.Hint, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", refused.Message + refused.Hint, StringComparison.Ordinal);
        Assert.Equal("no Google credentials were found: set GOOGLE_APPLICATION_CREDENTIALS, or give the pod a service account", anonymous.Hint);
    }

    [Fact]
    public async Task A_blob_without_key_and_signature_is_asked_for_with_a_token_of_the_workload_identity()
    {
        await using var authority = new FakeServer(_ => FakeResponse.Of(200, """{"access_token":"s3cret-token","expires_in":3599}"""));
        string file = Path.Combine(_directory, "token");
        File.WriteAllText(file, "federated");
        Surroundings surroundings = CloudClients.Of(
            ("AZURE_TENANT_ID", "t"), ("AZURE_CLIENT_ID", "c"), ("AZURE_FEDERATED_TOKEN_FILE", file), ("AZURE_AUTHORITY_HOST", $"http://{authority.Address}"));
        using var tokens = new AzureTokens(surroundings, _client);
        AzureObject stored = AzureObject.Find("https://account.blob.core.windows.net/box/a.tar", surroundings, () => tokens, TimeProvider.System)!;
        using var request = new HttpRequestMessage(HttpMethod.Get, stored.Address);

        await stored.AuthorizeAsync(request, Cancel);

        Assert.Equal("Bearer s3cret-token", request.Headers.Authorization!.ToString());
        Assert.Equal("2021-08-06", request.Headers.GetValues("x-ms-version").Single());
        Assert.Equal("https://storage.azure.com/.default", SignedToken.Form(Assert.Single(authority.Requests).Body)["scope"]);
        Assert.Equal("it was asked for with a token of the workload identity `c`, which needs the role Storage Blob Data Reader", stored.FindHint(HttpStatusCode.Forbidden, null));
    }

    [Fact]
    public async Task A_signature_in_a_URL_is_all_that_its_server_is_told()
    {
        AzureObject stored = AzureObject.Find(
            "https://account.blob.core.windows.net/box/a.tar?sv=1&sig=x%2By%3D", CloudClients.Of(("AZURE_STORAGE_ACCESS_KEY", "c2VjcmV0")), () => throw new InvalidOperationException(), TimeProvider.System)!;
        using var request = new HttpRequestMessage(HttpMethod.Get, stored.Address);

        await stored.AuthorizeAsync(request, Cancel);

        Assert.Null(request.Headers.Authorization);
        Assert.Equal("?sv=1&sig=x%2By%3D", stored.Address.Query);
        Assert.Equal("https://account.blob.core.windows.net/box/a.tar", stored.ToString());
    }

    private AmazonObject Amazon(string text, params string[] variables) => new(
        text, CloudClients.Of([.. variables.Select(variable => variable.Split('=', 2)).Select(pair => (pair[0], pair[1]))]), () => throw new InvalidOperationException(), TimeProvider.System);

    private async Task<Diagnostic> RefusalAsync(GoogleTokens tokens, string text) =>
        (await Assert.ThrowsAsync<BuildException>(() => AskGoogleAsync(tokens, text))).Diagnostic;

    /// <summary>Asks a server that takes itself for Google's, by its name and with a certificate for it, through a proxy that leads there. Result: the object.</summary>
    private async Task<string> AskGoogleAsync(GoogleTokens tokens, string text)
    {
        using var authority = new TestAuthority();
        await using TlsServer google = await TlsServer.StartAsync(authority.Issue("storage.googleapis.com"), request =>
            request.Authorization is { } told && told != "Bearer s3cret-token" ? FakeResponse.Of(401)
            : request.Authorization is null ? FakeResponse.Of(403)
            : request.Target switch
            {
                "/storage/v1/b/box/o/dir%2Fa%20b.tar?alt=media" => FakeResponse.Of(200, "content"),
                "/storage/v1/b/moved/o/a?alt=media" => FakeResponse.Of(302, "", ("Location", "https://elsewhere.example.org/")),
                _ => FakeResponse.Of(404),
            });
        await using var proxy = new ConnectProxy(_ => google.Port);
        var access = new ServerAccess(new WebProxy($"http://{proxy.Address}"), new ServerCertificates(() => [authority.Certificate]));
        using var downloader = new HttpDownloader("kiln/test", allowsMetadata: false, access, new Patience(1, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(30)), TimeProvider.System);
        string path = Path.Combine(_directory, Guid.NewGuid().ToString("N"));
        await downloader.DownloadAsync(new GoogleObject(text, () => tokens), path, Cancel);
        return await File.ReadAllTextAsync(path, Cancel);
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
