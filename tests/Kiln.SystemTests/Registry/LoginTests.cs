// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kiln.SystemTests.Build;
using Xunit;

namespace Kiln.SystemTests.Registry;

/// <summary>The program itself against Debian's docker-registry, with an environment of its own.</summary>
public sealed class LoginTests(BuildWorld world) : IDisposable
{
    private readonly TempDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Who_logged_in_is_let_in_until_he_logs_out()
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync(new DockerRegistryOptions { User = ("alice", "pass:word") }, Cancel);

        Outcome wrong = await RunAsync(["login", registry.Address, "-u", "alice", "--password-stdin"], "wrong\n");
        Outcome right = await RunAsync(["login", registry.Address, "-u", "alice", "--password-stdin"], "pass:word\n");
        Outcome inside = await RunAsync(["auth", "explain", $"{registry.Address}/app"]);
        await RunAsync(["logout", registry.Address]);
        Outcome outside = await RunAsync(["auth", "explain", $"{registry.Address}/app"]);

        Assert.Equal((1, 0, 0, 1), (wrong.Status, right.Status, inside.Status, outside.Status));
        Assert.Contains("error KILN3035:", wrong.Talk);
        Assert.Contains("Login Succeeded", right.Talk);
        Assert.Contains($"user `alice` from `{_directory.Path("docker")}/config.json`, entry `{registry.Address}`: used", inside.Output);
        Assert.Contains("it demands: Basic", inside.Output);
        Assert.All([wrong, right, inside, outside], outcome => Assert.DoesNotContain("pass:word", outcome.Output + outcome.Talk));
    }

    [Fact]
    public async Task The_helper_that_the_configuration_names_keeps_the_password()
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync(new DockerRegistryOptions { User = ("alice", "secret") }, Cancel);
        await InstallHelperAsync();
        Directory.CreateDirectory(_directory.Path("docker"));
        await File.WriteAllTextAsync(_directory.Path("docker/config.json"), """{"credsStore":"kept"}""", Cancel);

        Outcome login = await RunAsync(["login", registry.Address, "-u", "alice", "-p", "secret"]);
        Outcome explained = await RunAsync(["auth", "explain", registry.Address]);
        Outcome logout = await RunAsync(["logout", registry.Address]);

        Assert.Equal((0, 0, 0), (login.Status, explained.Status, logout.Status));
        Assert.Contains("kept by `docker-credential-kept`", login.Talk);
        Assert.Contains("user `alice` from the helper `docker-credential-kept`: used", explained.Output);
        Assert.DoesNotContain("secret", await File.ReadAllTextAsync(_directory.Path("docker/config.json"), Cancel));
        Assert.False(File.Exists(_directory.Path("kept")));
    }

    [Theory]
    [InlineData("SSL_CERT_FILE")]
    [InlineData("SSL_CERT_DIR")]
    public async Task The_environment_names_whom_to_believe(string variable)
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync(new DockerRegistryOptions { Tls = true }, Cancel);
        Directory.CreateDirectory(_directory.Path("authorities"));
        File.Copy(registry.CertificateFile, _directory.Path("authorities/ca.crt"));
        string value = _directory.Path(variable == "SSL_CERT_FILE" ? "authorities/ca.crt" : "authorities");

        Outcome without = await RunAsync(["auth", "explain", registry.Address]);
        Outcome with = await RunAsync(["auth", "explain", registry.Address], variables: (variable, value));

        Assert.Equal((1, 0), (without.Status, with.Status));
        Assert.Contains("error KILN3015:", without.Talk);
        Assert.Contains("the chain that was seen:\n  0 `CN=kiln test registry`", without.Talk);
        Assert.Contains($"GET https://{registry.Address}/v2/: 200 OK", with.Output);
    }

    [Fact]
    public async Task A_registry_that_wants_a_certificate_gets_the_one_that_is_named_for_it()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = new CertificateRequest("CN=builder", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllTextAsync(_directory.Path("client.cert"), certificate.ExportCertificatePem(), Cancel);
        await File.WriteAllTextAsync(_directory.Path("client.key"), key.ExportPkcs8PrivateKeyPem(), Cancel);
        await using DockerRegistry registry = await DockerRegistry.StartAsync(
            new DockerRegistryOptions { Tls = true, ClientAuthority = _directory.Path("client.cert") }, Cancel);
        string[] believing = ["auth", "explain", registry.Address, "--registry-certificate", $"{registry.Address}={registry.CertificateFile}"];

        Outcome without = await RunAsync(believing);
        Outcome with = await RunAsync([.. believing, "--registry-client-cert", $"{registry.Address}={_directory.Path("client.cert")},{_directory.Path("client.key")}"]);

        Assert.Equal((1, 0), (without.Status, with.Status));
        Assert.Contains($"`--registry-client-cert {registry.Address}=CERTIFICATE,KEY`", without.Talk);
    }

    [Fact]
    public async Task What_podman_and_skopeo_stored_is_found()
    {
        Assert.SkipUnless(Programs.Has("skopeo"), "skopeo is not installed");
        await using DockerRegistry registry = await DockerRegistry.StartAsync(new DockerRegistryOptions { User = ("alice", "secret") }, Cancel);
        string authFile = _directory.Path("auth.json");
        await Programs.RunAsync(["skopeo", "login", "--tls-verify=false", "--authfile", authFile, "-u", "alice", "-p", "secret", registry.Address], Cancel);

        Outcome explained = await RunAsync(["auth", "explain", $"{registry.Address}/app"], variables: ("REGISTRY_AUTH_FILE", authFile));

        Assert.Equal(0, explained.Status);
        Assert.Contains($"user `alice` from `{authFile}`, entry `{registry.Address}`: used", explained.Output);
    }

    private async Task InstallHelperAsync()
    {
        await File.WriteAllTextAsync(_directory.Path("script"), $$"""
            #!/bin/sh
            file={{_directory.Path("kept")}}
            case $1 in
              store) cat >"$file" ;;
              get) if [ -e "$file" ]; then cat "$file"; else echo 'credentials not found in native keychain'; exit 1; fi ;;
              erase) rm -f "$file" ;;
            esac

            """, Cancel);
        Directory.CreateDirectory(_directory.Path("bin"));
        await Programs.RunAsync(["install", "-m", "700", _directory.Path("script"), _directory.Path("bin/docker-credential-kept")], Cancel);
    }

    private async Task<Outcome> RunAsync(string[] words, string input = "", params (string Name, string Value)[] variables)
    {
        var info = new ProcessStartInfo(await world.BinaryAsync(), words)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment.Clear();
        info.Environment["PATH"] = $"{_directory.Path("bin")}:/usr/bin:/bin";
        info.Environment["HOME"] = _directory.Root;
        info.Environment["DOCKER_CONFIG"] = _directory.Path("docker");
        foreach ((string name, string value) in variables)
            info.Environment[name] = value;
        using Process process = Process.Start(info)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(Cancel);
        Task<string> talk = process.StandardError.ReadToEndAsync(Cancel);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(Cancel);
        return new Outcome(process.ExitCode, await output, await talk);
    }

    private sealed record Outcome(int Status, string Output, string Talk);
}
