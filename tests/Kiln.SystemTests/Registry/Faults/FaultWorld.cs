// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;
using Xunit;

namespace Kiln.SystemTests.Registry.Faults;

/// <summary>A real registry, and images that go in and out of it through a <see cref="FaultProxy"/>. Every scenario has repositories of its own.</summary>
public sealed class FaultWorld : IAsyncLifetime
{
    private static readonly Platform Amd64 = new("linux", "amd64");
    private static readonly RegistryOptions Patient = new() { UserAgent = "kiln/test" };

    private DockerRegistry? _registry;
    private RegistryClient? _direct;
    private int _number;

    internal string Registry => _registry!.Address;

    /// <summary>Bears as little as it may, so that tests are short.</summary>
    internal static RegistryOptions Impatient { get; } = Patient with
    {
        Tries = 5,
        RetryDelay = TimeSpan.FromMilliseconds(2),
        StallTimeout = TimeSpan.FromSeconds(1.5),
        AttemptDelay = TimeSpan.FromMilliseconds(2),
    };

    internal Image Image { get; } = TestImages.Create(ImageFormat.Oci, 3 << 20);

    internal Image Older { get; } = TestImages.Create(ImageFormat.Docker, 1000);

    public async ValueTask InitializeAsync()
    {
        _registry = await DockerRegistry.StartAsync(new DockerRegistryOptions(), CancellationToken.None);
        _direct = Client(Patient);
    }

    public async ValueTask DisposeAsync()
    {
        if (_direct is not null)
            await _direct.DisposeAsync();
        if (_registry is not null)
            await _registry.DisposeAsync();
    }

    internal static RegistryClient Client(RegistryOptions options) => new(options, new NoCredentials(), TimeProvider.System);

    internal string NewRepository() => $"faults/r{Interlocked.Increment(ref _number)}";

    /// <summary>Puts images where they can be pulled, past all faults.</summary>
    internal Task StoreAsync(string name, Image image, CancellationToken cancellationToken) =>
        _direct!.PushImageAsync(ImageReference.Parse($"{Registry}/{name}"), image, cancellationToken);

    internal Task<Digest?> FindTagAsync(string name, CancellationToken cancellationToken) =>
        _direct!.FindManifestAsync(ImageReference.Parse($"{Registry}/{name}"), cancellationToken);

    /// <summary>Reads all of an image, past all faults.</summary>
    internal Task<Image> ReadAsync(string name, CancellationToken cancellationToken) =>
        ReadAsync(_direct!, ImageReference.Parse($"{Registry}/{name}"), cancellationToken);

    internal static async Task<Image> ReadAsync(RegistryClient client, ImageReference reference, CancellationToken cancellationToken)
    {
        Image image = (await client.PullImageAsync(reference, Amd64, cancellationToken)).Image;
        foreach (IBlobSource layer in image.Layers)
        {
            await using Stream stream = await layer.OpenAsync(cancellationToken);
            await using var sink = new DigestingStream(Stream.Null);
            await stream.CopyToAsync(sink, cancellationToken);
            Assert.Equal(layer.Descriptor.Digest, sink.Complete().Digest);
        }
        return image;
    }

    /// <summary>Does something through a proxy that lets it go wrong as the scenario says, and checks the error, if there is to be one. False where it failed as it should.</summary>
    internal async Task<bool> RunAsync(FaultScenario scenario, Func<FaultProxy, RegistryClient, Task> act, RegistryOptions? options = null)
    {
        await using var proxy = new FaultProxy(Registry, scenario.Plan, scenario.Options);
        await using RegistryClient client = Client(options ?? Impatient);
        BuildException? error = null;
        try
        {
            await act(proxy, client);
        }
        catch (BuildException e)
        {
            error = e;
        }
        Assert.True(error?.Diagnostic.Rule == scenario.Error, error is null ? "no error came" : $"{error.Diagnostic.Rule.Code}: {error.Message}");
        if (scenario.Says is { } text)
            Assert.Contains(text, error!.Message, StringComparison.Ordinal);
        if (scenario.Requests is { } bound)
            Assert.InRange(proxy.Counts.Requests(bound.Kind), 1, bound.Most);
        return error is null;
    }
}
