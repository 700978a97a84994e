// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kiln.Clouds;
using Kiln.Clouds.Google;
using Kiln.Diagnostics;
using Kiln.Tests.Registry;
using Xunit;

namespace Kiln.Tests.Clouds;

public sealed class GoogleTests : IDisposable
{
    private const string Answer = """{"access_token":"ya29.1","expires_in":3599,"token_type":"Bearer"}""";

    private readonly string _directory = Directory.CreateTempSubdirectory("kiln-test-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_service_account_signs_a_claim()
    {
        using var key = RSA.Create(2048);
        await using var google = new FakeServer(_ => FakeResponse.Of(200, Answer));
        string file = Write(new { type = "service_account", client_email = "a@b", private_key = key.ExportPkcs8PrivateKeyPem(), private_key_id = "k1", token_uri = $"http://{google.Address}/token" });

        CloudToken? token = await FindAsync(("GOOGLE_APPLICATION_CREDENTIALS", file));

        Assert.Equal("ya29.1", token!.Text);
        Dictionary<string, string> form = SignedToken.Form(Assert.Single(google.Requests).Body);
        Assert.Equal("urn:ietf:params:oauth:grant-type:jwt-bearer", form["grant_type"]);
        (JsonElement header, JsonElement claims) = SignedToken.Verify(form["assertion"], key, RSASignaturePadding.Pkcs1);
        Assert.Equal(("RS256", "k1"), (header.GetProperty("alg").GetString(), header.GetProperty("kid").GetString()));
        Assert.Equal(("a@b", $"http://{google.Address}/token"), (claims.GetProperty("iss").GetString(), claims.GetProperty("aud").GetString()));
        Assert.Equal("https://www.googleapis.com/auth/cloud-platform", claims.GetProperty("scope").GetString());
        Assert.Equal(3600, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
    }

    [Fact]
    public async Task A_user_has_a_refresh_token_in_gclouds_own_place()
    {
        await using var google = new FakeServer(_ => FakeResponse.Of(200, Answer));
        File.Move(
            Write(new { type = "authorized_user", client_id = "c", client_secret = "s", refresh_token = "r", token_uri = $"http://{google.Address}/" }),
            Path.Combine(_directory, "application_default_credentials.json"));

        CloudToken? token = await FindAsync(("CLOUDSDK_CONFIG", _directory));

        Assert.Equal("ya29.1", token!.Text);
        Assert.Equal("grant_type=refresh_token&client_id=c&client_secret=s&refresh_token=r", Encoding.UTF8.GetString(Assert.Single(google.Requests).Body));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_foreign_identity_is_exchanged_and_stands_in_for_an_account(bool isJson)
    {
        await using var google = new FakeServer(request => request.Path == "/sts" ? FakeResponse.Of(200, Answer)
            : request.Authorization == "Bearer ya29.1" ? FakeResponse.Of(200, """{"accessToken":"ya29.2","expireTime":"2999-01-01T00:00:00Z"}""") : FakeResponse.Of(401));
        string subject = Path.Combine(_directory, "subject");
        await File.WriteAllTextAsync(subject, isJson ? """{"id_token":"jwt"}""" : "jwt\n", Cancel);
        string file = Write(new
        {
            type = "external_account",
            audience = "//iam/pool",
            subject_token_type = "urn:ietf:params:oauth:token-type:jwt",
            token_url = $"http://{google.Address}/sts",
            service_account_impersonation_url = $"http://{google.Address}/a:generateAccessToken",
            credential_source = new { file = subject, format = isJson ? new { type = "json", subject_token_field_name = "id_token" } : null },
        });

        CloudToken? token = await FindAsync(("GOOGLE_APPLICATION_CREDENTIALS", file));

        Assert.Equal("ya29.2", token!.Text);
        Dictionary<string, string> form = SignedToken.Form(google.Requests.First().Body);
        Assert.Equal(("jwt", "//iam/pool", "urn:ietf:params:oauth:grant-type:token-exchange"), (form["subject_token"], form["audience"], form["grant_type"]));
    }

    [Fact]
    public async Task A_foreign_identitys_token_is_fetched_where_the_file_says()
    {
        await using var google = new FakeServer(request => request.Path == "/subject" && request.Headers["metadata"] == "True" ? FakeResponse.Of(200, """{"access_token":"jwt"}""") : FakeResponse.Of(200, Answer));
        string file = Write(new
        {
            type = "external_account",
            audience = "a",
            subject_token_type = "t",
            token_url = $"http://{google.Address}/sts",
            credential_source = new { url = $"http://{google.Address}/subject", headers = new { Metadata = "True" }, format = new { type = "json", subject_token_field_name = "access_token" } },
        });

        Assert.Equal("ya29.1", (await FindAsync(("GOOGLE_APPLICATION_CREDENTIALS", file)))!.Text);
        Assert.Equal("jwt", SignedToken.Form(google.Requests.Last().Body)["subject_token"]);
    }

    [Fact]
    public async Task The_metadata_server_gives_the_machines_token()
    {
        await using var metadata = new FakeServer(request => request.Headers.GetValueOrDefault("metadata-flavor") == "Google"
            && request.Path == "/computeMetadata/v1/instance/service-accounts/default/token" ? FakeResponse.Of(200, Answer, ("Metadata-Flavor", "Google")) : FakeResponse.Of(403));

        CloudToken? token = await FindAsync(("GCE_METADATA_HOST", metadata.Address));

        Assert.Equal(("ya29.1", "Google's metadata server"), (token!.Text, token.Place));
    }

    [Fact]
    public async Task A_metadata_server_that_is_still_starting_is_asked_again()
    {
        int asked = 0;
        await using var metadata = new FakeServer(_ => Interlocked.Increment(ref asked) switch
        {
            1 => FakeResponse.Reset,
            2 => FakeResponse.Of(503),
            _ => FakeResponse.Of(200, Answer, ("Metadata-Flavor", "Google")),
        });

        Assert.NotNull(await FindAsync(("GCE_METADATA_HOST", metadata.Address)));
    }

    [Fact]
    public async Task Another_clouds_metadata_server_is_not_believed()
    {
        await using var metadata = new FakeServer(_ => FakeResponse.Of(200, Answer));

        Assert.Null(await FindAsync(("GCE_METADATA_HOST", metadata.Address)));
    }

    [Theory]
    [InlineData("""{"type":"service_account","client_email":"a","private_key":"secret"}""", "no RSA key")]
    [InlineData("""{"type":"service_account","private_key":"secret"}""", "no `client_email`")]
    [InlineData("""{"type":"authorized_user","client_id":"c","refresh_token":"secret","token_uri":"http://example.com/"}""", "no https address")]
    [InlineData("""{"type":"external_account","token_url":"https://127.0.0.1:1/","audience":"a","subject_token_type":"t","credential_source":{"executable":{}}}""", "neither a file nor a URL")]
    [InlineData("""{"type":"other"}""", "its type `other`")]
    [InlineData("""{"secret""", "is not a JSON object")]
    public async Task A_file_that_cannot_be_used_is_an_error_without_its_secrets(string text, string message)
    {
        string file = Path.Combine(_directory, "key.json");
        await File.WriteAllTextAsync(file, text, Cancel);

        var error = await Assert.ThrowsAsync<BuildException>(() => FindAsync(("GOOGLE_APPLICATION_CREDENTIALS", file)));

        Assert.Equal(DiagnosticRules.CloudRefused, error.Diagnostic.Rule);
        Assert.Contains(message, error.Message);
        Assert.DoesNotContain("secret", error.ToString());
    }

    [Fact]
    public async Task A_refusal_says_the_services_reason()
    {
        await using var google = new FakeServer(_ => FakeResponse.Of(400, """{"error":"invalid_grant","error_description":"Token has been expired"}"""));
        string file = Write(new { type = "authorized_user", client_id = "c", refresh_token = "secret", token_uri = $"http://{google.Address}/" });

        var error = await Assert.ThrowsAsync<BuildException>(() => FindAsync(("GOOGLE_APPLICATION_CREDENTIALS", file)));

        Assert.Contains("answered 400: {\"error\":\"invalid_grant\"", error.Message);
        Assert.DoesNotContain("secret", error.ToString());
    }

    private string Write(object content)
    {
        string path = Path.Combine(_directory, "key.json");
        File.WriteAllText(path, JsonSerializer.Serialize(content));
        return path;
    }

    private static async Task<CloudToken?> FindAsync(params (string, string)[] variables)
    {
        using CloudClient client = CloudClients.Create();
        using var tokens = new GoogleTokens(CloudClients.Of(variables), client);
        return await tokens.FindAsync(Cancel);
    }
}
