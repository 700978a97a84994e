// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Outputs;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;
using Xunit;

namespace Kiln.SystemTests.Registry.Faults;

/// <summary>Whole builds against registries that fail: what is tagged is complete, and nothing else is tagged.</summary>
public sealed class FaultyBuildTests(FaultWorld world) : IClassFixture<FaultWorld>
{
    private const int Runs = 50;

    private const int AtATime = 5;

    /// <summary>As many tries as everybody has, and less patience.</summary>
    private static readonly RegistryOptions Hurried = FaultWorld.Impatient with { Tries = 8 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>One layer is small, one is sent while it is made, and the base lies in the same registry.</summary>
    [Fact]
    public async Task A_registry_that_fails_every_fifth_time_gets_the_image_in_every_run()
    {
        byte[] noise = new byte[9 << 20];
        new Random(1).NextBytes(noise);
        string repository = world.NewRepository();
        await world.StoreAsync($"{repository}/base:1", world.Image, Cancel);
        long requests = 0, faults = 0;

        await Parallel.ForEachAsync(Enumerable.Range(0, Runs), new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = Cancel }, async (run, token) =>
        {
            await using var proxy = new FaultProxy(world.Registry, request =>
            {
                Interlocked.Increment(ref requests);
                Fault? fault = Draw(run, request);
                if (fault is not null)
                    Interlocked.Increment(ref faults);
                return fault;
            });
            using var build = new InProcessBuild();
            await File.WriteAllBytesAsync(Path.Combine(build.Context, "noise"), noise, token);
            await File.WriteAllTextAsync(Path.Combine(build.Context, "small"), $"run {run}", token);

            Image built = await build.RunAsync(
                $"FROM {proxy.Address}/{repository}/base:1\nCOPY noise /noise\nCOPY small /small",
                Hurried,
                new OutputOptions { Destinations = [ImageReference.Parse($"{proxy.Address}/{repository}/app:{run}")] },
                token);

            Assert.Equal(built.Digest, (await world.ReadAsync($"{repository}/app:{run}", token)).Digest);
        });

        TestContext.Current.SendDiagnosticMessage($"{faults} of {requests} requests failed");
        Assert.InRange(faults / (double)requests, 0.15, 0.25);
    }

    [Fact]
    public async Task A_build_on_a_base_of_the_same_registry_sends_its_own_layers_only_and_the_second_time_none()
    {
        string repository = world.NewRepository();
        await world.StoreAsync($"{repository}/base:1", world.Image, Cancel);
        await using var proxy = new FaultProxy(world.Registry, _ => null);

        Image first = await BuildAsync(proxy, $"{proxy.Address}/{repository}/base:1", [$"{proxy.Address}/{repository}/app:1"]);
        Assert.Equal(first.Layers[^1].Descriptor.Size + first.Config.Descriptor.Size, proxy.Counts.BlobsUp);
        long before = proxy.Counts.BlobsUp;
        Image second = await BuildAsync(proxy, $"{proxy.Address}/{repository}/base:1", [$"{proxy.Address}/{repository}/app:2"]);

        Assert.Equal(first.Layers[^1].Descriptor.Digest, second.Layers[^1].Descriptor.Digest);
        // The configuration holds the time.
        Assert.Equal(second.Config.Digest == first.Config.Digest ? 0 : second.Config.Descriptor.Size, proxy.Counts.BlobsUp - before);
    }

    [Fact]
    public async Task A_base_from_a_mirror_in_the_destination_s_registry_is_mounted()
    {
        string repository = world.NewRepository();
        await world.StoreAsync($"{repository}/library/base:1", world.Image, Cancel);
        await using var proxy = new FaultProxy(world.Registry, _ => null);

        Image built = await BuildAsync(
            proxy, "base:1", [$"{proxy.Address}/{repository}/app:1"], Hurried with { Mirrors = [$"{proxy.Address}/{repository}"], SkipDefaultRegistryFallback = true });

        Assert.Equal(built.Layers[^1].Descriptor.Size + built.Config.Descriptor.Size, proxy.Counts.BlobsUp);
        Assert.Equal(built.Digest, (await world.ReadAsync($"{repository}/app:1", Cancel)).Digest);
    }

    [Theory]
    [InlineData(RequestKind.UploadStart)]
    [InlineData(RequestKind.UploadPut)]
    public async Task Nothing_is_tagged_anywhere_where_one_of_several_registries_does_not_take_the_blobs(RequestKind kind)
    {
        string repository = world.NewRepository();
        await using var good = new FaultProxy(world.Registry, _ => null);
        await using var bad = new FaultProxy(world.Registry, request => request.Kind == kind && request.Number > 1 ? Fault.Of(403) : null);

        BuildException error = await Assert.ThrowsAsync<BuildException>(
            () => BuildAsync(good, "scratch", [$"{good.Address}/{repository}/a:1", $"{bad.Address}/{repository}/b:1"]));

        Assert.Contains(bad.Address, error.Message, StringComparison.Ordinal);
        Assert.Null(await world.FindTagAsync($"{repository}/a:1", Cancel));
        Assert.Null(await world.FindTagAsync($"{repository}/b:1", Cancel));
        Assert.Equal(0, good.Counts.Requests(RequestKind.ManifestPut));
    }

    [Fact]
    public async Task Several_registries_and_tags_get_the_same_image_and_each_blob_once()
    {
        string repository = world.NewRepository();
        await using var one = new FaultProxy(world.Registry, _ => null);
        await using var other = new FaultProxy(world.Registry, _ => null);

        Image built = await BuildAsync(
            one, "scratch", [$"{one.Address}/{repository}/a:1", $"{one.Address}/{repository}/a:latest", $"{one.Address}/{repository}/b:1", $"{other.Address}/{repository}/c:1"]);

        foreach (string name in new[] { "a:1", "a:latest", "b:1", "c:1" })
            Assert.Equal(built.Digest, (await world.ReadAsync($"{repository}/{name}", Cancel)).Digest);
        // The layer and the configuration, from the repository that had them first.
        Assert.Equal(2, one.Counts.Requests(RequestKind.Mount));
        Assert.Equal(3, one.Counts.Requests(RequestKind.ManifestPut));
    }

    [Fact]
    public async Task What_may_not_be_pushed_is_not_built()
    {
        await using var closed = new FaultProxy(world.Registry, request => request.Kind is RequestKind.UploadStart ? Fault.Of(403, """{"errors":[{"code":"DENIED","message":"read only"}]}""") : null);

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => BuildAsync(closed, "scratch", [$"{closed.Address}/faults/app:1"]));

        Assert.Equal(DiagnosticRules.AccessDenied, error.Diagnostic.Rule);
        Assert.StartsWith($"cannot push to `{closed.Address}/faults/app`: ", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, closed.Counts.Requests(RequestKind.BlobHead));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_push_is_tried_out_before_the_build_by_an_upload_that_is_used_or_given_up(bool skip)
    {
        string repository = world.NewRepository();
        await using var proxy = new FaultProxy(world.Registry, _ => null);

        await BuildAsync(proxy, "scratch", [$"{proxy.Address}/{repository}:1"], skipsCheck: skip);
        Assert.Equal(skip ? RequestKind.BlobHead : RequestKind.UploadStart, proxy.Requests.First().Kind);
        Assert.Equal(2, proxy.Counts.Requests(RequestKind.UploadStart));
        Assert.Equal(0, proxy.Counts.Requests(RequestKind.UploadCancel));
        await BuildAsync(proxy, "scratch", [$"{proxy.Address}/{repository}:1"], skipsCheck: skip);

        Assert.Equal(proxy.Counts.Requests(RequestKind.UploadStart), proxy.Counts.Requests(RequestKind.UploadPut) + proxy.Counts.Requests(RequestKind.UploadCancel));
    }

    [Fact]
    public async Task An_upload_that_waited_too_long_is_no_loss()
    {
        string repository = world.NewRepository();
        await using var proxy = new FaultProxy(world.Registry, request => request.Kind == RequestKind.UploadPut && request.Number == 1 ? Fault.Of(404) : null);

        Image built = await BuildAsync(proxy, "scratch", [$"{proxy.Address}/{repository}:1"]);

        Assert.Equal(built.Digest, (await world.ReadAsync($"{repository}:1", Cancel)).Digest);
        Assert.Equal(0, proxy.Counts.Requests(RequestKind.UploadPatch));
    }

    private static async Task<Image> BuildAsync(FaultProxy proxy, string from, string[] destinations, RegistryOptions? options = null, bool skipsCheck = false)
    {
        using var build = new InProcessBuild();
        string file = Path.Combine(build.Context, "small");
        await File.WriteAllTextAsync(file, "small", Cancel);
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        return await build.RunAsync(
            $"FROM {from}\nCOPY small /",
            options ?? Hurried,
            new OutputOptions { Destinations = [.. destinations.Select(d => ImageReference.Parse(d))], SkipsPushCheck = skipsCheck },
            Cancel);
    }

    /// <summary>A fifth of all requests fails; which ones depends on the run's number and on nothing else.</summary>
    private static Fault? Draw(int run, ProxiedRequest request)
    {
        var random = new Random((run * 1_000_003) + ((int)request.Kind * 10_007) + request.Number);
        if (random.NextDouble() >= 0.2)
            return null;
        return random.Next(8) switch
        {
            0 => Fault.Of(500),
            1 => Fault.Of(502, "<html>bad gateway</html>"),
            2 => Fault.Of(503),
            3 => Fault.Reset,
            4 => Fault.Reset with { AfterForward = true },
            5 => Fault.Stall,
            6 => new Fault { CutRequestAfter = 100, CutAnswerAfter = 100 },
            _ => new Fault { CutRequestAfter = 1 << 20, CutAnswerAfter = 1 << 20 },
        };
    }
}
