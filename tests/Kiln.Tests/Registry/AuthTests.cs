// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.Registry.Auth;
using Xunit;

namespace Kiln.Tests.Registry;

public class AuthTests
{
    private static readonly Credential User = Credential.OfPassword("user", "s3cret");
    private static readonly string BasicHeader = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("user:s3cret"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_password_is_sent_once_it_is_asked_for()
    {
        await using var server = new FakeServer(request => request.Authorization == BasicHeader ? Samples.Find(request)! : Demand("Basic realm=\"r\""));
        await using RegistryClient client = RegistryClients.Create(credential: User);

        await client.PullImageAsync(ImageReference.Parse($"{server.Address}/app:1"), Samples.Amd64, Cancel);

        Assert.Equal([null, BasicHeader, BasicHeader], server.Requests.Select(request => request.Authorization));
    }

    [Fact]
    public async Task A_token_is_fetched_once_for_what_it_is_good_for()
    {
        await using var server = new FakeServer(request => request.Path == "/token"
            ? FakeResponse.Of(200, """{"token":"t1","expires_in":300}""")
            : request.Authorization == "Bearer t1" ? Samples.Find(request)! : Demand(Bearer(request)));
        await using RegistryClient client = RegistryClients.Create(credential: User);

        await client.PullImageAsync(ImageReference.Parse($"{server.Address}/app:1"), Samples.Amd64, Cancel);

        FakeRequest token = Assert.Single(server.Requests, request => request.Path == "/token");
        Assert.Equal("/token?service=the%20service&scope=repository%3Aapp%3Apull", token.Target);
        Assert.Equal(BasicHeader, token.Authorization);
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task A_token_is_fetched_without_credentials_where_there_are_none()
    {
        await using var server = new FakeServer(request => request.Path == "/token"
            ? FakeResponse.Of(200, """{"access_token":"t1"}""")
            : request.Authorization == "Bearer t1" ? Samples.Find(request)! : Demand(Bearer(request)));
        await using RegistryClient client = RegistryClients.Create();

        await client.PullManifestAsync(ImageReference.Parse($"{server.Address}/app:1"), Cancel);

        Assert.Null(Assert.Single(server.Requests, request => request.Path == "/token").Authorization);
    }

    [Fact]
    public async Task A_token_that_died_early_is_replaced()
    {
        int tokens = 0;
        await using var server = new FakeServer(request => request.Path == "/token"
            ? FakeResponse.Of(200, $$"""{"token":"t{{Interlocked.Increment(ref tokens)}}"}""")
            : request.Authorization == $"Bearer t{tokens}" && tokens == (request.Path.Contains("blobs") ? 2 : 1)
                ? Samples.Find(request)! : Demand(Bearer(request)));
        await using RegistryClient client = RegistryClients.Create();

        await client.PullImageAsync(ImageReference.Parse($"{server.Address}/app:1"), Samples.Amd64, Cancel);

        Assert.Equal(2, tokens);
    }

    [Fact]
    public async Task An_identity_token_is_exchanged_by_post()
    {
        await using var server = new FakeServer(request => request.Path == "/token"
            ? FakeResponse.Of(200, """{"access_token":"t1"}""")
            : request.Authorization == "Bearer t1" ? Samples.Find(request)! : Demand(Bearer(request)));
        await using RegistryClient client = RegistryClients.Create(credential: Credential.OfIdentityToken("refresh"));

        await client.PullManifestAsync(ImageReference.Parse($"{server.Address}/app:1"), Cancel);

        FakeRequest token = Assert.Single(server.Requests, request => request.Path == "/token");
        Assert.Equal("POST", token.Method);
        string form = Encoding.UTF8.GetString(token.Body);
        Assert.Contains("grant_type=refresh_token", form);
        Assert.Contains("refresh_token=refresh", form);
        Assert.Contains("scope=repository%3Aapp%3Apull", form);
    }

    [Fact]
    public async Task A_refused_user_is_named_and_the_password_is_not()
    {
        await using var server = new FakeServer(_ => Demand("Basic realm=\"r\""));
        await using RegistryClient client = RegistryClients.Create(credential: User);

        BuildException error = await PullFailsAsync(client, server);

        Assert.Equal(DiagnosticRules.AccessDenied, error.Diagnostic.Rule);
        Assert.Equal("the registry was asked as user `user` from `the test`", error.Diagnostic.Hint);
        Assert.DoesNotContain("s3cret", error.ToString());
    }

    [Fact]
    public async Task Without_credentials_the_hint_says_where_they_were_looked_for()
    {
        await using var server = new FakeServer(_ => Demand("Basic realm=\"r\""));
        await using RegistryClient client = RegistryClients.Create();

        BuildException error = await PullFailsAsync(client, server);

        Assert.Equal($"no credentials for `{server.Address}` were found in `the test`", error.Diagnostic.Hint);
    }

    [Fact]
    public async Task A_token_service_that_refuses_is_named()
    {
        await using var server = new FakeServer(request => request.Path == "/token"
            ? FakeResponse.Of(401, """{"errors":[{"code":"UNAUTHORIZED","message":"incorrect password"}]}""") : Demand(Bearer(request)));
        await using RegistryClient client = RegistryClients.Create(credential: User);

        BuildException error = await PullFailsAsync(client, server);

        Assert.Equal(DiagnosticRules.AccessDenied, error.Diagnostic.Rule);
        Assert.Contains($"the token service `http://{server.Address}/token` answered 401 (UNAUTHORIZED: incorrect password)", error.Message);
    }

    [Fact]
    public async Task A_token_service_that_is_ill_is_asked_again()
    {
        int asked = 0;
        await using var server = new FakeServer(request => request.Path != "/token"
            ? request.Authorization == "Bearer t1" ? Samples.Find(request)! : Demand(Bearer(request))
            : Interlocked.Increment(ref asked) < 3 ? FakeResponse.Of(503) : FakeResponse.Of(200, """{"token":"t1"}"""));
        await using RegistryClient client = RegistryClients.Create();

        await client.PullManifestAsync(ImageReference.Parse($"{server.Address}/app:1"), Cancel);

        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task A_push_asks_for_a_token_to_push_and_pull()
    {
        await using var server = new FakeServer(request => request.Path == "/token"
            ? FakeResponse.Of(200, """{"token":"t1"}""")
            : request.Authorization == "Bearer t1" ? FakeResponse.Of(200) : Demand(Bearer(request)));
        await using RegistryClient client = RegistryClients.Create();

        await client.PushBlobAsync(ImageReference.Parse($"{server.Address}/app"), Samples.Layer, Cancel);

        Assert.EndsWith("scope=repository%3Aapp%3Apull%2Cpush", Assert.Single(server.Log, line => line.Contains("/token")));
    }

    [Fact]
    public async Task A_registry_token_is_used_as_it_is()
    {
        await using var server = new FakeServer(request => request.Authorization == "Bearer ready" ? Samples.Find(request)! : Demand(Bearer(request)));
        await using RegistryClient client = RegistryClients.Create(credential: Credential.OfRegistryToken("ready"));

        await client.PullManifestAsync(ImageReference.Parse($"{server.Address}/app:1"), Cancel);

        Assert.DoesNotContain(server.Log, line => line.Contains("/token"));
    }

    [Fact]
    public async Task An_identity_token_that_is_renewed_takes_the_others_place()
    {
        int tokens = 0;
        await using var server = new FakeServer(request => request.Path == "/token"
            ? FakeResponse.Of(200, $$"""{"access_token":"t{{Interlocked.Increment(ref tokens)}}","refresh_token":"next{{tokens}}"}""")
            : request.Authorization == $"Bearer t{tokens}" && tokens == (request.Path.Contains("blobs") ? 2 : 1)
                ? Samples.Find(request)! : Demand(Bearer(request)));
        await using RegistryClient client = RegistryClients.Create(credential: Credential.OfIdentityToken("first"));

        await client.PullImageAsync(ImageReference.Parse($"{server.Address}/app:1"), Samples.Amd64, Cancel);

        Assert.Equal(["first", "next1"], server.Requests.Where(request => request.Path == "/token").Select(request =>
            Encoding.UTF8.GetString(request.Body).Split('&').First(pair => pair.StartsWith("refresh_token=", StringComparison.Ordinal)).Split('=')[1]));
    }

    [Fact]
    public async Task Who_wants_a_token_that_is_being_fetched_waits_for_it()
    {
        var gate = new ManualResetEventSlim();
        var cache = new TokenCache(TimeProvider.System);
        int fetched = 0;

        Task<string>[] asking = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(() => cache.GetAsync("h", ["s"], FetchAsync, Cancel), Cancel))];
        gate.Set();
        string[] tokens = await Task.WhenAll(asking);

        Assert.Equal(1, fetched);
        Assert.All(tokens, token => Assert.Equal("t1", token));

        Task<Token> FetchAsync()
        {
            gate.Wait(Cancel);
            return Task.FromResult(new Token($"t{Interlocked.Increment(ref fetched)}", TimeSpan.FromMinutes(5), null));
        }
    }

    [Fact]
    public async Task Credentials_do_not_follow_a_redirect_to_another_host_nor_answer_its_challenge()
    {
        await using var store = new FakeServer(_ => Demand("Basic realm=\"give it to me\""));
        await using var server = new FakeServer(request => request.Authorization == BasicHeader
            ? FakeResponse.Of(307, "", ("Location", $"http://{store.Address}/blob?signature=sIgned")) : Demand("Basic realm=\"r\""));
        await using RegistryClient client = RegistryClients.Create(credential: User);

        BuildException error = await PullFailsAsync(client, server);

        Assert.All(store.Requests, request => Assert.Null(request.Authorization));
        Assert.Single(store.Requests);
        Assert.DoesNotContain("s3cret", error.ToString());
        Assert.DoesNotContain("sIgned", error.ToString());
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(500)]
    public async Task No_failure_of_a_token_service_shows_what_it_was_asked_with(int status)
    {
        await using var server = new FakeServer(request => request.Path == "/token" ? FakeResponse.Of(status) : Demand(Bearer(request)));
        foreach (Credential credential in new[] { User, Credential.OfIdentityToken("s3cret") })
        {
            await using RegistryClient client = RegistryClients.Create(credential: credential);

            BuildException error = await PullFailsAsync(client, server);

            Assert.DoesNotContain("s3cret", error.ToString());
            Assert.DoesNotContain(BasicHeader["Basic ".Length..], error.ToString());
        }
    }

    private static async Task<BuildException> PullFailsAsync(RegistryClient client, FakeServer server) =>
        await Assert.ThrowsAsync<BuildException>(() => client.PullManifestAsync(ImageReference.Parse($"{server.Address}/app:1"), Cancel));

    private static FakeResponse Demand(string challenge) => FakeResponse.Of(401, "", ("WWW-Authenticate", challenge));

    private static string Bearer(FakeRequest request) =>
        $"Bearer realm=\"http://{request.Headers["host"]}/token\",service=\"the service\",scope=\"repository:app:pull\"";
}
