// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Diagnostics;
using Kiln.Registry.Auth;
using Xunit;

namespace Kiln.Tests.Registry;

public sealed class DockerConfigCredentialsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kiln-test-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("h.io:5000", "h.io:5000", "app")]
    [InlineData("https://h.io:5000", "h.io:5000", "app")]
    [InlineData("https://h.io/v2/", "h.io", "app")]
    [InlineData("H.io", "h.io", "app")]
    [InlineData("h.io/team", "h.io", "team/app")]
    [InlineData("h.io/team", "h.io", "team")]
    [InlineData("https://index.docker.io/v1/", "docker.io", "library/debian")]
    [InlineData("docker.io", "docker.io", "library/debian")]
    [InlineData("registry-1.docker.io", "docker.io", "library/debian")]
    public async Task An_entry_is_for_its_host(string key, string host, string repository) =>
        Assert.Equal("user `alice`", await FindAsync($$$$"""{"auths":{"{{{{key}}}}":{"auth":"{{{{Base64("alice:secret")}}}}"}}}""", host, repository));

    [Theory]
    [InlineData("h.io", "h.io:5000", "app")]
    [InlineData("h.io", "x.h.io", "app")]
    [InlineData("h.io/team", "h.io", "other/app")]
    [InlineData("h.io/team", "h.io", "teams/app")]
    [InlineData("https://index.docker.io/v1/", "h.io", "app")]
    public async Task An_entry_is_for_no_other_host_or_repository(string key, string host, string repository) =>
        Assert.Equal("none", await FindAsync($$$$"""{"auths":{"{{{{key}}}}":{"auth":"{{{{Base64("alice:secret")}}}}"}}}""", host, repository));

    [Fact]
    public async Task The_entry_that_names_most_of_the_repository_wins() => Assert.Equal(
        "user `bob`",
        await FindAsync("""{"auths":{"h.io/a/b":{"username":"bob"},"h.io":{"username":"root"},"h.io/a":{"username":"alice"}}}""", "h.io", "a/b/c"));

    [Theory]
    [InlineData("""{"username":"u","password":"p"}""", "user `u`")]
    [InlineData("""{"auth":"dTpwOng="}""", "user `u`")]
    [InlineData("""{"auth":"dTpwOng=","identitytoken":"t"}""", "an identity token")]
    [InlineData("""{"auth":"dTpwOng=","registrytoken":"t"}""", "a registry token")]
    [InlineData("{}", "none")]
    public async Task An_entry_holds_a_password_or_a_token(string entry, string expected) =>
        Assert.Equal(expected, await FindAsync("{\"auths\":{\"h.io\":" + entry + "}}", "h.io", "app"));

    [Theory]
    [InlineData("{")]
    [InlineData("""{"auths":[]}""")]
    [InlineData("""{"auths":{"h.io":{"auth":"%%%secret%%%"}}}""")]
    [InlineData("""{"auths":{"h.io":{"auth":"c2VjcmV0"}}}""")]
    public async Task A_file_that_cannot_be_understood_is_an_error_without_its_content(string text)
    {
        var error = await Assert.ThrowsAsync<BuildException>(() => FindAsync(text, "h.io", "app"));

        Assert.Equal(DiagnosticRules.CredentialsUnreadable, error.Diagnostic.Rule);
        Assert.DoesNotContain("secret", error.Message);
        Assert.Contains("config.json", error.Message);
    }

    [Fact]
    public async Task No_file_is_no_credential()
    {
        using var credentials = new DockerConfigCredentials("/nowhere/config.json");

        CredentialLookup lookup = await credentials.FindAsync("h.io", "app", Cancel);

        Assert.Null(lookup.Credential);
        Assert.Equal("`/nowhere/config.json`", lookup.Place);
    }

    [Fact]
    public async Task A_helper_that_is_not_installed_leaves_the_file_to_answer()
    {
        Assert.Equal("user `u`", await FindAsync("""{"credsStore":"kiln-none","auths":{"h.io":{"username":"u"}}}""", "h.io", "app"));

        using var credentials = new DockerConfigCredentials(Path.Combine(_directory, "config.json"));
        CredentialLookup lookup = await credentials.FindAsync("other.io", "app", Cancel);
        Assert.Equal("the helper `docker-credential-kiln-none`, which is not on PATH", lookup.Place);
    }

    [Fact]
    public async Task A_helper_is_for_the_repositories_that_its_key_names()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "config.json"), """{"credHelpers":{"h.io/team":"kiln-none"}}""", Cancel);
        using var credentials = new DockerConfigCredentials(Path.Combine(_directory, "config.json"));

        Assert.Contains("docker-credential-kiln-none", (await credentials.FindAsync("h.io", "team/app", Cancel)).Place);
        Assert.DoesNotContain("docker-credential-kiln-none", (await credentials.FindAsync("h.io", "other/app", Cancel)).Place);
    }

    [Fact]
    public async Task A_helper_cannot_be_a_path()
    {
        var error = await Assert.ThrowsAsync<BuildException>(() => FindAsync("""{"credHelpers":{"h.io":"../../tmp/x"}}""", "h.io", "app"));

        Assert.Equal(DiagnosticRules.CredentialsUnreadable, error.Diagnostic.Rule);
    }

    private async Task<string> FindAsync(string config, string host, string repository)
    {
        string path = Path.Combine(_directory, "config.json");
        await File.WriteAllTextAsync(path, config, Cancel);
        using var credentials = new DockerConfigCredentials(path);
        return (await credentials.FindAsync(host, repository, Cancel)).Credential?.ToString() ?? "none";
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
