// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kiln.SystemTests.Build;
using Kiln.SystemTests.Images;
using Kiln.SystemTests.Registry;
using Kiln.Tests.Deploy;
using Xunit;

namespace Kiln.SystemTests.Deploy;

/// <summary>What an example of `deploy` is tried in: a registry that wants a password, a small context, and directories for whatever is mounted. Everything goes with the place.</summary>
internal sealed class ExamplePlace : IAsyncDisposable
{
    private const string User = "robot", Password = "p4ss-w0rd";

    private readonly BuildPlace _place;
    private readonly DockerRegistry _registry;
    private readonly Podman _podman;
    private int _volumes;

    private ExamplePlace(BuildPlace place, DockerRegistry registry, Podman podman) => (_place, _registry, _podman) = (place, registry, podman);

    /// <summary>What the user of an example put in place of `registry.example.com`.</summary>
    public string Registry => _registry.Address;

    public string Context => _place.Path("context");

    /// <summary>What CI systems tell a job of its registry.</summary>
    public Dictionary<string, string> RegistryVariables => new() { ["CI_REGISTRY"] = Registry, ["CI_REGISTRY_USER"] = User, ["CI_REGISTRY_PASSWORD"] = Password };

    /// <summary>A `config.json` for the registry.</summary>
    public string ConfigJson =>
        JsonSerializer.Serialize(new { auths = new Dictionary<string, object> { [Registry] = new { auth = Convert.ToBase64String("robot:p4ss-w0rd"u8) } } });

    public string Dockerfile => $"FROM {_place.Registry}/library/base\nCOPY --chown=app name /srv/name\nRUN cat /srv/name && chown root:appgroup /srv/name\n";

    public static async Task<ExamplePlace> MakeAsync(BuildWorld world, ExecutorImage image, CancellationToken cancellationToken)
    {
        Podman podman = await image.OpenAsync(world, cancellationToken);
        DockerRegistry registry = await DockerRegistry.StartAsync(new DockerRegistryOptions { User = (User, Password) }, cancellationToken);
        var place = new ExamplePlace(await world.NewPlaceAsync(), registry, podman);
        await Programs.RunAsync(["chmod", "0755", place._place.Root], cancellationToken);
        place._place.Write("name", "built\n");
        place._place.Write("Dockerfile", place.Dockerfile);
        return place;
    }

    /// <summary>An example's text after its user has put his own names into it.</summary>
    public string Text(string example, params (string Before, string After)[] edits) =>
        edits.Append(("registry.example.com/kiln/executor", "localhost/kiln/executor")).Append(("registry.example.com", Registry))
            .Aggregate(File.ReadAllText(Path.Combine(Checkout.Root, "deploy", example)), (text, edit) => text.Replace(edit.Item1, edit.Item2, StringComparison.Ordinal));

    public JsonNode Read(string example, params (string Before, string After)[] edits) => YamlText.Read(Text(example, edits)).Single()!;

    /// <summary>An empty directory that anybody may write to, as the kubelet makes an `emptyDir`; with a group it is the group's.</summary>
    public string NewDirectory(string? group = null)
    {
        string directory = Directory.CreateDirectory(_place.Path($"volume-{Interlocked.Increment(ref _volumes)}")).FullName;
        if (group is not null)
            Process.Start("chgrp", [group, directory]).WaitForExit();
        Process.Start("chmod", [group is null ? "0777" : "2777", directory]).WaitForExit();
        return directory;
    }

    /// <summary>A directory with the file `config.json`, as secrets and credentials of service accounts are laid out.</summary>
    public string NewCredentials(string path = "config.json")
    {
        string directory = NewDirectory(), file = Path.Combine(directory, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, ConfigJson);
        return directory;
    }

    /// <summary>An empty file that anybody may write to, as a container's termination message is.</summary>
    public string NewFile()
    {
        string file = Path.Combine(NewDirectory(), "file");
        File.WriteAllText(file, "");
        Process.Start("chmod", ["0666", file]).WaitForExit();
        return file;
    }

    /// <summary>The directory that a volume of a pod amounts to.</summary>
    public string Volume(JsonNode volume, string? group)
    {
        if (volume["emptyDir"] is not null)
            return NewDirectory(group);
        if (volume["secret"] is { } secret)
        {
            Assert.Equal("registry-credentials", (string)secret["secretName"]!);
            // `kubectl create secret docker-registry` has this one key, a generic secret for Skaffold the file's name.
            JsonNode? item = (secret["items"] as JsonArray)?.Single();
            Assert.Equal(".dockerconfigjson", (string?)item?["key"] ?? ".dockerconfigjson");
            return NewCredentials((string?)item?["path"] ?? "config.json");
        }
        return (string)volume["persistentVolumeClaim"]!["claimName"]! == "app-source" ? Context : NewDirectory();
    }

    public Task<KilnRun> RunAsync(CallerContainer container, CancellationToken cancellationToken) => _podman.RunAsync(container.Run(), cancellationToken);

    /// <summary>Runs it with a script on its standard input.</summary>
    public async Task<KilnRun> RunAsync(CallerContainer container, string input, CancellationToken cancellationToken)
    {
        string file = NewFile();
        await File.WriteAllTextAsync(file, input, cancellationToken);
        return await _podman.RunAsync(container.Run("--interactive"), cancellationToken, input: file);
    }

    /// <summary>Starts it, runs a command in it, and ends it.</summary>
    public async Task<KilnRun> ExecAsync(CallerContainer container, IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        string name = Path.GetFileName(_place.Root);
        KilnRun kept = await _podman.RunAsync(container.Run("--detach", "--interactive", "--name", name), cancellationToken);
        Assert.True(kept.Status == 0, kept.All);
        try
        {
            return await _podman.CallAsync(["exec", .. command.TakeWhile(word => word != "--"), name, .. command.SkipWhile(word => word != "--").Skip(1)], cancellationToken);
        }
        finally
        {
            await _podman.CallAsync(["rm", "--force", "--time", "0", name], CancellationToken.None);
        }
    }

    /// <summary>Holds the run and the pushed image against what the context asks for. Result: the image's digest.</summary>
    public async Task<string> CheckAsync(KilnRun run, string repositoryAndTag, string rung, CancellationToken cancellationToken)
    {
        Assert.True(run.Status == 0, run.All);
        Assert.Contains($"isolation: {rung}", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, run.All, StringComparison.Ordinal);
        string listed = await Programs.RunAsync(["skopeo", "inspect", "--tls-verify=false", "--creds", $"{User}:{Password}", $"docker://{Registry}/{repositoryAndTag}"], cancellationToken);
        return JsonDocument.Parse(listed).RootElement.GetProperty("Digest").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        _place.Dispose();
    }
}
