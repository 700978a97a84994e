// SPDX-License-Identifier: Apache-2.0
using Kiln.Cli.Start;
using Kiln.Diagnostics;
using Kiln.Registry;
using Kiln.Registry.Auth;
using Xunit;

namespace Kiln.Tests.Cli;

/// <summary>Which files are read, and in which order.</summary>
public sealed class CredentialPlacesTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("kiln-test-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task Each_place_counts_where_those_before_it_have_nothing()
    {
        Dictionary<string, string> environment = new()
        {
            ["HOME"] = _home,
            ["DOCKER_AUTH_CONFIG"] = Config("variable"),
            ["DOCKER_CONFIG"] = Path.Combine(_home, "docker"),
            ["REGISTRY_AUTH_FILE"] = Path.Combine(_home, "named.json"),
            ["XDG_RUNTIME_DIR"] = Path.Combine(_home, "run"),
            ["KILN_H_IO_USER"] = "environment",
            ["KILN_H_IO_PASSWORD"] = "p",
        };
        Write("docker/config.json", Config("docker"));
        Write("named.json", Config("named"));
        Write("run/containers/auth.json", Config("runtime"));
        Write(".config/containers/auth.json", Config("configuration"));
        Write(".dockercfg", """{"h.io":{"auth":"bGVnYWN5OnA="}}""");

        var found = new List<string>();
        void Take(string user) => found.Add(user);
        Take(await FindAsync(environment));
        environment.Remove("DOCKER_AUTH_CONFIG");
        Take(await FindAsync(environment));
        environment.Remove("DOCKER_CONFIG");
        Take(await FindAsync(environment));
        environment.Remove("REGISTRY_AUTH_FILE");
        Take(await FindAsync(environment));
        environment.Remove("XDG_RUNTIME_DIR");
        Take(await FindAsync(environment));
        File.Delete(Path.Combine(_home, ".config/containers/auth.json"));
        Take(await FindAsync(environment));
        File.Delete(Path.Combine(_home, ".dockercfg"));
        Take(await FindAsync(environment));

        Assert.Equal(["variable", "docker", "named", "runtime", "configuration", "legacy", "environment"], found);
    }

    [Fact]
    public async Task Without_DOCKER_CONFIG_the_file_is_in_the_home_directory()
    {
        Write(".docker/config.json", Config("home"));

        Assert.Equal("home", await FindAsync(new Dictionary<string, string> { ["HOME"] = _home }));
    }

    [Fact]
    public async Task In_the_executor_image_the_file_may_also_be_where_kaniko_was_moved_or_at_home()
    {
        Dictionary<string, string> environment = new() { ["HOME"] = _home, ["DOCKER_CONFIG"] = "/kaniko/.docker/", ["KANIKO_DIR"] = Path.Combine(_home, "moved") };
        Write("moved/.docker/config.json", Config("moved"));
        Write(".docker/config.json", Config("home"));

        string moved = await FindAsync(environment);
        environment.Remove("KANIKO_DIR");
        string home = await FindAsync(environment);
        environment["DOCKER_CONFIG"] = Path.Combine(_home, "chosen");
        string chosen = await FindAsync(environment);

        Assert.Equal(("moved", "home", "none"), (moved, home, chosen));
    }

    [Theory]
    [InlineData("env", "environment")]
    [InlineData("github,env", "environment")]
    [InlineData("github", "none")]
    [InlineData("", "none")]
    public async Task The_places_after_the_files_can_be_chosen(string words, string expected)
    {
        var environment = new Dictionary<string, string> { ["HOME"] = _home, ["KILN_H_IO_USER"] = "environment", ["KILN_H_IO_PASSWORD"] = "p" };

        Assert.Equal(expected, await FindAsync(environment, words));
    }

    [Fact]
    public void A_place_that_does_not_exist_is_an_error()
    {
        var error = Assert.Throws<BuildException>(() => new CredentialPlaces(["envv"], new Dictionary<string, string>(), Options));

        Assert.Equal("`--credential-helpers envv` names no place of credentials", error.Message);
    }

    [Theory]
    [InlineData("ecr-login", "123456789012.dkr.ecr.eu-central-1.amazonaws.com", "Amazon's credentials (ecr), in place of the helper `docker-credential-ecr-login`")]
    [InlineData("gcr", "eu.gcr.io", "Google's credentials (google), in place of the helper `docker-credential-gcr`")]
    [InlineData("gcloud", "europe-docker.pkg.dev", "Google's credentials (google), in place of the helper `docker-credential-gcloud`")]
    [InlineData("acr-env", "team.azurecr.io", "Azure's credentials (acr), in place of the helper `docker-credential-acr-env`")]
    public async Task A_helper_that_is_not_installed_is_built_in(string helper, string host, string place)
    {
        IEnumerable<string> programs = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(directory => Path.Combine(directory, "docker-credential-" + helper));
        Assert.SkipWhen(programs.Any(File.Exists), "the helper is installed here");
        Write(".docker/config.json", $$$"""{"credHelpers":{"{{{host}}}":"{{{helper}}}"}}""");
        // Nobody answers at any of the clouds' addresses.
        var environment = new Dictionary<string, string>
        {
            ["HOME"] = _home,
            ["AWS_EC2_METADATA_DISABLED"] = "true",
            ["NO_GCE_CHECK"] = "true",
            ["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = "http://127.0.0.1:1",
        };
        using var places = new CredentialPlaces([""], environment, Options);

        CredentialLookup lookup = await places.Chain.FindAsync(host, "app", Cancel);

        Assert.Null(lookup.Credential);
        Assert.StartsWith(place, lookup.Place);
    }

    private static RegistryOptions Options => new() { UserAgent = "kiln/test" };

    private void Write(string name, string text)
    {
        string path = Path.Combine(_home, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private static string Config(string user) => $$$$"""{"auths":{"h.io":{"username":"{{{{user}}}}","password":"p"}}}""";

    private static async Task<string> FindAsync(Dictionary<string, string> environment, params string[] words)
    {
        using var places = new CredentialPlaces(words, environment, Options);
        return (await places.Chain.FindAsync("h.io", "app", Cancel)).Credential?.Username ?? "none";
    }
}
