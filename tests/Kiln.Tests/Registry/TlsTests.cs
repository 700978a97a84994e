// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Kiln.Diagnostics;
using Kiln.Http;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.Tests.Servers;
using Xunit;

namespace Kiln.Tests.Registry;

/// <summary>Real TLS servers and proxies: whom the client believes, and what it tells when it does not.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task An_unknown_authority_is_refused_with_the_chain_that_was_seen_and_the_flag_that_fits()
    {
        await using TlsServer server = await StartAsync("127.0.0.1");

        BuildException error = await FailsAsync(server.Address, Options);

        Assert.Equal(DiagnosticRules.RegistryNotTrusted, error.Diagnostic.Rule);
        Assert.Matches(@"the chain that was seen:\n  0 `CN=127\.0\.0\.1`, issued by `CN=Kiln Test Authority`, valid from \d{4}-\d\d-\d\d \d\d:\d\dZ to \d{4}-", error.Message);
        Assert.Contains($"`--registry-certificate {server.Address}=FILE`", error.Diagnostic.Hint);
        Assert.Contains($"`--skip-tls-verify-registry {server.Address}`", error.Diagnostic.Hint);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused_and_says_for_which_it_is()
    {
        await using TlsServer server = await StartAsync("other.example.com");

        BuildException error = await FailsAsync(server.Address, Options with { Certificates = Trusting(server.Address) });

        Assert.Contains("is not for `127.0.0.1` but for `other.example.com`", error.Message);
        Assert.DoesNotContain("--registry-certificate", error.Diagnostic.Hint);
    }

    [Fact]
    public async Task A_certificate_whose_time_is_over_is_refused()
    {
        await using TlsServer server = await StartAsync(_authority.Issue(DateTimeOffset.UtcNow.AddDays(-10), "127.0.0.1"));

        BuildException error = await FailsAsync(server.Address, Options with { Certificates = Trusting(server.Address) });

        Assert.Contains("refused", error.Message);
        Assert.DoesNotContain("--registry-certificate", error.Diagnostic.Hint);
    }

    [Fact]
    public async Task An_authority_that_is_named_for_the_host_is_believed_for_it_and_no_other()
    {
        await using TlsServer server = await StartAsync("127.0.0.1");
        await using TlsServer other = await StartAsync("127.0.0.1");
        await using RegistryClient client = RegistryClients.Create(Options with { Certificates = Trusting(server.Address) });

        await PullAsync(client, server.Address);

        await Assert.ThrowsAsync<BuildException>(() => PullAsync(client, other.Address));
    }

    [Theory]
    [InlineData("ca.crt")]
    [InlineData("other-name.crt")]
    public async Task An_authority_is_found_in_the_directory_of_the_host(string file)
    {
        await using TlsServer server = await StartAsync("127.0.0.1");
        string directory = Directory.CreateDirectory(_authority.PathOf($"certs.d/{server.Address}")).FullName;
        File.Copy(_authority.FilePath, Path.Combine(directory, file));

        await using RegistryClient client = RegistryClients.Create(
            Options with { Certificates = new CertificateOptions { Directories = ["/nowhere", _authority.PathOf("certs.d")] } });
        await PullAsync(client, server.Address);
    }

    [Fact]
    public async Task A_client_certificate_is_shown_to_its_host_alone()
    {
        await using TlsServer store = await StartAsync("127.0.0.1");
        await using TlsServer server = await TlsServer.StartAsync(
            _authority.Issue("127.0.0.1"), _ => FakeResponse.Of(307, "", ("Location", $"https://{store.Address}/blob")), wantsClients: true);
        await using RegistryClient client = RegistryClients.Create(Options with { Certificates = Trusting(server.Address) with { Clients = Client(server.Address) } });

        await PullAsync(client, server.Address);

        Assert.Equal("CN=builder", server.Clients.First());
        Assert.Empty(store.Clients);
        Assert.Single(store.Requests);
    }

    [Fact]
    public async Task A_client_certificate_is_found_in_the_directory_of_the_host()
    {
        await using TlsServer server = await TlsServer.StartAsync(_authority.Issue("127.0.0.1"), _ => Samples.Serve(Samples.Image.Manifest), wantsClients: true);
        string directory = Directory.CreateDirectory(_authority.PathOf($"certs.d/{server.Address}")).FullName;
        File.Copy(_authority.FilePath, Path.Combine(directory, "ca.crt"));
        (string certificate, string key) = _authority.Write(_authority.Issue("builder"), "client");
        File.Copy(certificate, Path.Combine(directory, "client.cert"));
        File.Copy(key, Path.Combine(directory, "client.key"));

        await using RegistryClient client = RegistryClients.Create(
            Options with { Certificates = new CertificateOptions { Directories = [_authority.PathOf("certs.d")] } });
        await PullAsync(client, server.Address);

        Assert.Equal("CN=builder", server.Clients.First());
    }

    [Fact]
    public async Task A_server_that_wants_a_certificate_of_ours_leads_to_the_flag_that_names_one()
    {
        await using TlsServer server = await TlsServer.StartAsync(_authority.Issue("127.0.0.1"), _ => FakeResponse.Of(200), wantsClients: true);

        BuildException error = await FailsAsync(server.Address, Options with { Certificates = Trusting(server.Address) });

        Assert.Equal(DiagnosticRules.RegistryNotTrusted, error.Diagnostic.Rule);
        Assert.Contains($"`--registry-client-cert {server.Address}=CERTIFICATE,KEY`", error.Diagnostic.Hint);
    }

    [Theory]
    [InlineData("nowhere.pem")]
    [InlineData("garbage.pem")]
    public async Task A_file_that_is_no_certificate_is_named(string name)
    {
        await File.WriteAllTextAsync(_authority.PathOf("garbage.pem"), "garbage", Cancel);
        await using TlsServer server = await StartAsync("127.0.0.1");
        var certificates = new CertificateOptions { Authorities = For(server.Address, _authority.PathOf(name)) };

        BuildException error = await FailsAsync(server.Address, Options with { Certificates = certificates });

        Assert.Equal(DiagnosticRules.CertificateUnreadable, error.Diagnostic.Rule);
        Assert.Contains(name, error.Message);
    }

    [Fact]
    public async Task What_the_system_trusts_elsewhere_is_trusted()
    {
        await using TlsServer server = await StartAsync("127.0.0.1");
        await using RegistryClient client = RegistryClients.Create(Options with { ServerCertificates = new ServerCertificates(() => [_authority.Certificate]) });

        await PullAsync(client, server.Address);
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    public async Task The_check_is_skipped_where_the_user_says_so(bool all, bool pull, bool host)
    {
        await using TlsServer server = await StartAsync("127.0.0.1");
        await using RegistryClient client = RegistryClients.Create(
            Options with { SkipTlsVerify = all, SkipTlsVerifyPull = pull, SkipTlsVerifyHosts = host ? [server.Address] : [] });

        await PullAsync(client, server.Address);
    }

    [Fact]
    public async Task The_check_of_pulls_is_not_that_of_pushes()
    {
        await using TlsServer server = await StartAsync("127.0.0.1");
        await using RegistryClient client = RegistryClients.Create(Options with { SkipTlsVerifyPull = true });

        var error = await Assert.ThrowsAsync<BuildException>(() => client.FindManifestAsync(ImageReference.Parse($"{server.Address}/app:1"), Cancel));

        Assert.Equal(DiagnosticRules.RegistryNotTrusted, error.Diagnostic.Rule);
    }

    [Fact]
    public async Task An_IPv6_host_with_a_port_is_a_registry_like_others()
    {
        Assert.SkipUnless(System.Net.Sockets.Socket.OSSupportsIPv6, "there is no IPv6 here");
        await using TlsServer server = await TlsServer.StartAsync(_authority.Issue("::1"), _ => Samples.Serve(Samples.Image.Manifest), listen: IPAddress.IPv6Loopback);
        string address = $"[::1]:{server.Port}";
        await using RegistryClient client = RegistryClients.Create(Options with { Certificates = Trusting(address) });

        await PullAsync(client, address);

        Assert.Equal(address, server.Requests.First().Headers["host"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("us er:pa:ss")]
    public async Task A_registry_is_reached_through_a_proxy_that_may_want_a_password(string? password)
    {
        await using TlsServer server = await StartAsync("registry.example.com");
        await using var proxy = new ConnectProxy(host => host == "registry.example.com:443" ? server.Port : 1, password);
        string user = password is null ? "" : "us%20er:pa%3Ass@";
        await using RegistryClient client = RegistryClients.Create(Options with
        {
            Certificates = Trusting("registry.example.com"),
            Proxy = ProxyRules.Read(new Dictionary<string, string> { ["HTTPS_PROXY"] = $"http://{user}{proxy.Address}" }, name => new InvalidOperationException(name)),
        });

        await PullAsync(client, "registry.example.com");

        Assert.All(proxy.Log, line => Assert.StartsWith("CONNECT registry.example.com:443 ", line));
        Assert.NotEmpty(server.Requests);
    }

    [Fact]
    public async Task A_proxy_that_refuses_is_an_error_without_its_password()
    {
        await using var proxy = new ConnectProxy(_ => 1, "user:right");
        var variables = new Dictionary<string, string> { ["https_proxy"] = $"http://user:wr0ng@{proxy.Address}" };

        BuildException error = await FailsAsync("registry.example.com", Options with { Proxy = ProxyRules.Read(variables, name => new InvalidOperationException(name)) });

        Assert.Equal(DiagnosticRules.RegistryUnreachable, error.Diagnostic.Rule);
        Assert.DoesNotContain("wr0ng", error.ToString());
    }

    private static RegistryOptions Options => RegistryClients.Impatient with { StallTimeout = TimeSpan.FromSeconds(30), Tries = 2 };

    private CertificateOptions Trusting(string host) => new() { Authorities = For(host, _authority.FilePath) };

    private static ImmutableArray<HostAuthority> For(string host, string file) => [new(host, file)];

    private ImmutableArray<HostClient> Client(string host)
    {
        (string certificate, string key) = _authority.Write(_authority.Issue("builder"), "builder");
        return [new HostClient(host, certificate, key)];
    }

    private Task<TlsServer> StartAsync(string name) => StartAsync(_authority.Issue(name));

    private static Task<TlsServer> StartAsync(X509Certificate2 certificate) => TlsServer.StartAsync(certificate, _ => Samples.Serve(Samples.Image.Manifest));

    private static Task<RawDocument> PullAsync(RegistryClient client, string host) => client.PullManifestAsync(ImageReference.Parse($"{host}/app:1"), Cancel);

    private static async Task<BuildException> FailsAsync(string host, RegistryOptions options)
    {
        await using RegistryClient client = RegistryClients.Create(options);
        return await Assert.ThrowsAsync<BuildException>(() => PullAsync(client, host));
    }
}
