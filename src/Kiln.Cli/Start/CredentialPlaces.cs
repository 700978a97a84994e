// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Kiln.Clouds;
using Kiln.Clouds.Amazon;
using Kiln.Clouds.Azure;
using Kiln.Clouds.Google;
using Kiln.Diagnostics;
using Kiln.Http;
using Kiln.Registry;
using Kiln.Registry.Auth;

namespace Kiln.Cli.Start;

/// <summary>
/// The places where credentials are looked for, in order: Docker's and podman's files, then the environment, the clouds, GitLab and GitHub. Nothing is
/// read and nobody is asked before a registry wants to know who we are.
/// </summary>
internal sealed class CredentialPlaces : IDisposable
{
    /// <summary>What the executor image has DOCKER_CONFIG say, as kaniko's does.</summary>
    private const string DirectoryOfTheImage = "/kaniko/.docker";

    private static readonly string[] Names = ["env", "google", "ecr", "acr", "gitlab", "github"];

    private readonly Surroundings _surroundings;
    private readonly List<DockerConfigCredentials> _files;
    private readonly Lazy<CloudClient> _client;
    private readonly Lazy<AmazonCredentials> _amazon;
    private readonly Lazy<ElasticRegistryPasswords> _elastic;
    private readonly Lazy<GoogleTokens> _google;
    private readonly Lazy<AzureTokens> _azure;
    private readonly Lazy<AzureRegistryTokens> _azureRegistries;

    internal CredentialPlaces(IReadOnlyList<string> requested, IReadOnlyDictionary<string, string> environment, RegistryOptions options)
    {
        _surroundings = new Surroundings(environment);
        // Where a cloud does not answer, the registry is asked without it: that is not put off for long.
        Patience patience = Patience.Usual with { Tries = 4 };
        _client = new(() => new CloudClient(options.UserAgent, options.Proxy, options.ServerCertificates, patience, TimeProvider.System));
        _amazon = new(() => new AmazonCredentials(_surroundings, _client.Value));
        _elastic = new(() => new ElasticRegistryPasswords(_amazon.Value, _surroundings, _client.Value));
        _google = new(() => new GoogleTokens(_surroundings, _client.Value));
        _azure = new(() => new AzureTokens(_surroundings, _client.Value));
        _azureRegistries = new(() => new AzureRegistryTokens(_azure.Value, _client.Value));
        _files = [.. Files()];
        Chain = new CredentialChain([.. _files, .. Further(requested)]);
    }

    internal CredentialChain Chain { get; }

    internal AmazonCredentials Amazon => _amazon.Value;

    internal GoogleTokens Google => _google.Value;

    internal AzureTokens Azure => _azure.Value;

    /// <summary>Where `kiln login` writes.</summary>
    internal static string ConfigFile(Surroundings surroundings) => ConfigFiles(surroundings).First();

    public void Dispose()
    {
        _files.ForEach(file => file.Dispose());
        foreach (IDisposable? cloud in new[] { Made(_azureRegistries), Made(_azure), Made(_google), Made(_elastic), Made(_amazon), Made(_client) })
            cloud?.Dispose();
    }

    private static IDisposable? Made<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>(Lazy<T> lazy) // Lazy asks for it
        where T : IDisposable => lazy.IsValueCreated ? lazy.Value : null;

    private IEnumerable<DockerConfigCredentials> Files()
    {
        var amazon = new AmazonRegistryCredentials(() => _elastic.Value);
        var google = new GoogleRegistryCredentials(() => _google.Value);
        var azure = new AzureRegistryCredentials(() => _azureRegistries.Value);
        ImmutableDictionary<string, ICredentialSource> builtIn = new Dictionary<string, ICredentialSource>
        {
            ["ecr-login"] = amazon,
            ["gcr"] = google,
            ["gcloud"] = google,
            ["acr-env"] = azure,
        }.ToImmutableDictionary();

        if (_surroundings.Find("DOCKER_AUTH_CONFIG") is { } text)
            yield return DockerConfigCredentials.OfVariable("DOCKER_AUTH_CONFIG", text, builtIn);
        foreach (string path in ConfigFiles(_surroundings).Concat(PodmanFiles()))
            yield return new DockerConfigCredentials(path, builtIn);
        if (_surroundings.Home is { } home)
            yield return DockerConfigCredentials.OfLegacyFile(Path.Combine(home, ".dockercfg"));
    }

    /// <summary>
    /// One, unless DOCKER_CONFIG is the image's: then nobody has chosen it, and there are those who have moved kaniko's directory (KANIKO_DIR), and those who, or whose cluster,
    /// have put the file into HOME.
    /// </summary>
    private static IEnumerable<string> ConfigFiles(Surroundings surroundings)
    {
        string? named = surroundings.Find("DOCKER_CONFIG");
        bool isTheImages = named?.TrimEnd('/') == DirectoryOfTheImage;
        if (isTheImages && surroundings.Find("KANIKO_DIR") is { } moved)
            yield return Path.Combine(moved, ".docker", "config.json");
        if (named is not null)
            yield return Path.Combine(named, "config.json");
        if (named is null || isTheImages)
            yield return Path.Combine(surroundings.Home ?? "/", ".docker", "config.json");
    }

    private IEnumerable<string> PodmanFiles()
    {
        if (_surroundings.Find("REGISTRY_AUTH_FILE") is { } named)
            yield return named;
        if (_surroundings.Find("XDG_RUNTIME_DIR") is { } runtime)
            yield return Path.Combine(runtime, "containers", "auth.json");
        if ((_surroundings.Find("XDG_CONFIG_HOME") ?? (_surroundings.Home is { } home ? Path.Combine(home, ".config") : null)) is { } configuration)
            yield return Path.Combine(configuration, "containers", "auth.json");
    }

    private IEnumerable<ICredentialSource> Further(IReadOnlyList<string> requested)
    {
        IEnumerable<string> words = requested.Count == 0 ? Names : requested.SelectMany(word => word.Split(',', StringSplitOptions.RemoveEmptyEntries));
        return words.Distinct().Select<string, ICredentialSource>(word => word switch
        {
            "env" => new EnvironmentCredentials(_surroundings),
            "google" => new GoogleRegistryCredentials(() => _google.Value),
            "ecr" => new AmazonRegistryCredentials(() => _elastic.Value),
            "acr" => new AzureRegistryCredentials(() => _azureRegistries.Value),
            "gitlab" => new GitLabCredentials(_surroundings),
            "github" => new GitHubCredentials(_surroundings),
            _ => throw DiagnosticRules.InvalidArgument.Error(
                $"`--credential-helpers {word}` names no place of credentials", hint: $"use {string.Join(", ", Names.Select(name => $"`{name}`"))}"),
        });
    }
}
