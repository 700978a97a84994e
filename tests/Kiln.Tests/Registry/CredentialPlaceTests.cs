// SPDX-License-Identifier: Apache-2.0
using Kiln.Clouds;
using Kiln.Diagnostics;
using Kiln.Registry.Auth;
using Kiln.Tests.Clouds;
using Xunit;

namespace Kiln.Tests.Registry;

/// <summary>Where credentials come from that stand in the environment.</summary>
public sealed class CredentialPlaceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("my-reg.example.com:5000", "KILN_MY_REG_EXAMPLE_COM_5000")]
    [InlineData("my-reg.example.com:5000", "KANIKO_MY_REG_EXAMPLE_COM:5000")]
    [InlineData("my-reg.example.com:5000", "KANIKO_EXAMPLE_COM:5000")]
    [InlineData("my-reg.example.com", "KANIKO_EXAMPLE_COM")]
    [InlineData("docker.io", "KANIKO_INDEX_DOCKER_IO")]
    [InlineData("docker.io", "KILN_DOCKER_IO")]
    [InlineData("localhost:5000", "KILN_LOCALHOST_5000")]
    public async Task A_variable_is_named_for_its_host(string host, string name) =>
        Assert.Equal("user `u`", await FindAsync(new EnvironmentCredentials(Of((name + "_USER", "u"), (name + "_PASSWORD", "p"))), host));

    [Theory]
    [InlineData("my-reg.example.com", "KANIKO_COM")]
    [InlineData("my-reg.example.com", "KILN_REG_EXAMPLE_COM")]
    [InlineData("example.com", "KILN_MY_REG_EXAMPLE_COM")]
    public async Task A_variable_is_for_no_other_host(string host, string name) =>
        Assert.Equal("none", await FindAsync(new EnvironmentCredentials(Of((name + "_USER", "u"), (name + "_PASSWORD", "p"))), host));

    [Theory]
    [InlineData("registry.gitlab.com", "registry.gitlab.com", "CI_REGISTRY_USER", "CI_REGISTRY_PASSWORD", "user `u`")]
    [InlineData("registry.gitlab.com", "https://registry.gitlab.com/", "CI_REGISTRY_USER", "CI_REGISTRY_PASSWORD", "user `u`")]
    [InlineData("git.example.com:5050", "git.example.com:5050", "x", "CI_JOB_TOKEN", "user `gitlab-ci-token`")]
    [InlineData("git.example.com", "git.example.com:5050", "CI_REGISTRY_USER", "CI_REGISTRY_PASSWORD", "none")]
    [InlineData("registry.gitlab.com.evil.example", "registry.gitlab.com", "CI_REGISTRY_USER", "CI_REGISTRY_PASSWORD", "none")]
    public async Task A_job_of_GitLab_has_credentials_for_its_own_registry(string host, string registry, string user, string password, string expected) =>
        Assert.Equal(expected, await FindAsync(new GitLabCredentials(Of(("CI_REGISTRY", registry), (user, "u"), (password, "p"))), host));

    [Fact]
    public async Task A_job_of_GitLab_has_credentials_for_the_dependency_proxy() => Assert.Equal(
        "user `u`",
        await FindAsync(
            new GitLabCredentials(Of(("CI_DEPENDENCY_PROXY_SERVER", "gitlab.com:443"), ("CI_DEPENDENCY_PROXY_USER", "u"), ("CI_DEPENDENCY_PROXY_PASSWORD", "p"))), "gitlab.com:443"));

    [Theory]
    [InlineData("ghcr.io", null, "user `actor`")]
    [InlineData("ghcr.io", "https://github.com", "user `actor`")]
    [InlineData("ghcr.io", "https://git.example.com", "none")]
    [InlineData("containers.git.example.com", "https://git.example.com", "user `actor`")]
    [InlineData("docker.io", null, "none")]
    public async Task The_token_of_a_workflow_is_for_its_own_GitHub(string host, string? server, string expected) => Assert.Equal(
        expected, await FindAsync(new GitHubCredentials(Of(("GITHUB_TOKEN", "t"), ("GITHUB_ACTOR", "actor"), ("GITHUB_SERVER_URL", server ?? ""))), host));

    [Fact]
    public async Task The_first_credential_counts_and_the_others_are_shown()
    {
        Surroundings surroundings = Of(("KILN_GHCR_IO_USER", "first"), ("KILN_GHCR_IO_PASSWORD", "p"), ("GITHUB_TOKEN", "t"));
        var chain = new CredentialChain([new GitLabCredentials(surroundings), new EnvironmentCredentials(surroundings), new GitHubCredentials(surroundings)]);

        Assert.Equal("user `first`", await FindAsync(chain, "ghcr.io"));
        Assert.Equal([null, "first", "x-access-token"], (await chain.FindAllAsync("ghcr.io", "app", Cancel)).Select(lookup => lookup.Credential?.Username));
    }

    [Fact]
    public async Task Where_nothing_is_found_the_places_are_named_that_could_have_had_something()
    {
        Surroundings surroundings = Of(("CI_REGISTRY", "other.io"));
        var chain = new CredentialChain([new DockerConfigCredentials("/nowhere/config.json"), new GitLabCredentials(surroundings), new GitHubCredentials(surroundings)]);

        Assert.Equal("the variables of GitHub Actions (github) (`GITHUB_TOKEN` is not set)", (await chain.FindAsync("ghcr.io", "app", Cancel)).Place);
        Assert.Equal("`/nowhere/config.json` (there is no such file)", (await chain.FindAsync("h.io", "app", Cancel)).Place);
    }

    [Fact]
    public async Task A_cloud_that_refuses_leaves_the_registry_to_be_asked_without()
    {
        var refusing = new GoogleRegistryCredentials(() => throw DiagnosticRules.CloudRefused.Error("the key is spent"));

        CredentialLookup lookup = await new CredentialChain([refusing]).FindAsync("gcr.io", "distroless/static", Cancel);

        Assert.Null(lookup.Credential);
        Assert.Equal("Google's credentials (google) (the key is spent)", lookup.Place);
    }

    [Theory]
    [InlineData("gcr.io", true)]
    [InlineData("eu.gcr.io", true)]
    [InlineData("europe-docker.pkg.dev", true)]
    [InlineData("gcr.io.example.com", false)]
    [InlineData("xgcr.io", false)]
    [InlineData("pkg.dev.example.com", false)]
    public async Task A_token_of_Google_goes_to_Googles_registries_alone(string host, bool expected)
    {
        bool asked = false;
        var source = new GoogleRegistryCredentials(() =>
        {
            asked = true;
            throw DiagnosticRules.CloudRefused.Error("none");
        });

        await source.FindAsync(host, "app", Cancel);

        Assert.Equal(expected, asked);
    }

    private static Surroundings Of(params (string, string)[] variables) => CloudClients.Of(variables);

    private static async Task<string> FindAsync(ICredentialSource source, string host) =>
        (await source.FindAsync(host, "app", Cancel)).Credential?.ToString() ?? "none";
}
