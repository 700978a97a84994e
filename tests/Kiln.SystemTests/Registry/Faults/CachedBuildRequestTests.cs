// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Kiln.Build.Outputs;
using Kiln.Oci;
using Xunit;

namespace Kiln.SystemTests.Registry.Faults;

/// <summary>What a build asks of a registry that has its base, its cache and its destination, where nothing has changed and nothing is on disk.</summary>
public sealed class CachedBuildRequestTests(FaultWorld world) : IClassFixture<FaultWorld>
{
    private const int Steps = 5;

    /// <summary>For an image of five steps.</summary>
    private const int MostRequests = 20;

    /// <summary>Requests that follow one upon the other.</summary>
    private const int MostRounds = 6;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_unchanged_image_of_five_steps_takes_few_requests_and_moves_no_layer()
    {
        string repository = world.NewRepository();
        await world.StoreAsync($"{repository}/base:1", world.Image, Cancel);
        Image cold = await BuildAsync(world.Registry, repository);
        await using var proxy = new FaultProxy(world.Registry, _ => null);

        Image warm = await BuildAsync(proxy.Address, repository);

        string requests = string.Join('\n', proxy.Requests);
        Assert.Equal(cold.Digest, warm.Digest);
        Assert.True(proxy.Requests.Count <= MostRequests, $"{proxy.Requests.Count} requests:\n{requests}");
        Assert.Equal(0, proxy.Counts.BlobsUp);
        Assert.True(proxy.Counts.Down(RequestKind.BlobGet) <= warm.Config.Descriptor.Size, requests);
    }

    /// <summary>Tells by how much longer a build takes where each request does how many follow one upon the other. It is told and not held against anything: a slow machine adds to it.</summary>
    [Fact]
    public async Task Where_each_request_takes_long_no_more_are_sent()
    {
        string repository = world.NewRepository();
        await world.StoreAsync($"{repository}/base:1", world.Image, Cancel);
        await BuildAsync(world.Registry, repository);
        // Long against what the builder does between two answers.
        var delay = TimeSpan.FromMilliseconds(500);
        await using var proxy = new FaultProxy(world.Registry, _ => new Fault { Delay = delay });
        long began = Stopwatch.GetTimestamp();

        await BuildAsync(proxy.Address, repository);

        TestContext.Current.SendDiagnosticMessage(
            $"{proxy.Requests.Count} requests in {Stopwatch.GetElapsedTime(began).TotalMilliseconds / delay.TotalMilliseconds:0.0} rounds, {MostRounds} are meant:\n{string.Join('\n', proxy.Requests)}");
        Assert.InRange(proxy.Requests.Count, 1, MostRequests);
    }

    private static async Task<Image> BuildAsync(string registry, string repository)
    {
        using var build = new InProcessBuild { Cache = ImageReference.Parse($"{registry}/{repository}/cache") };
        string[] names = [.. Enumerable.Range(0, Steps).Select(i => $"file{i}")];
        foreach (string name in names)
            await File.WriteAllTextAsync(Path.Combine(build.Context, name), name, Cancel);
        return await build.RunAsync(
            $"FROM {registry}/{repository}/base:1\n{string.Join('\n', names.Select(name => $"COPY {name} /{name}"))}",
            FaultWorld.Impatient with { StallTimeout = TimeSpan.FromMinutes(1) },
            new OutputOptions { Destinations = [ImageReference.Parse($"{registry}/{repository}/app:1")] },
            Cancel);
    }
}
