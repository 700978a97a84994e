// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Kiln.Build.Events;
using Kiln.Build.Outputs;
using Kiln.Oci;
using Xunit;

namespace Kiln.SystemTests.Registry.Faults;

/// <summary>Images that hold the entries of their own steps.</summary>
public sealed class InlineCacheTests(FaultWorld world) : IClassFixture<FaultWorld>
{
    private const string Steps = "COPY one /one\nCOPY two /two\nCOPY three /three";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_image_is_the_cache_of_the_next_one_and_both_are_the_same()
    {
        string repository = await StoreBaseAsync();
        (Image cold, bool[] first) = await BuildAsync(world.Registry, repository, Steps);
        await using var proxy = new FaultProxy(world.Registry, _ => null);

        (Image warm, bool[] second) = await BuildAsync(proxy.Address, repository, Steps, "app:1");

        Assert.Equal([false, false, false], first);
        Assert.Equal([true, true, true], second);
        Assert.Equal(cold.Digest, warm.Digest);
        Assert.DoesNotContain(proxy.Requests, request => request.Kind == RequestKind.BlobGet && cold.Layers.Any(layer => request.Path.EndsWith(layer.Descriptor.Digest.ToString(), StringComparison.Ordinal)));
    }

    [Fact]
    public async Task It_holds_what_it_has_after_skopeo_copied_it()
    {
        string repository = await StoreBaseAsync();
        await BuildAsync(world.Registry, repository, Steps);
        await Programs.RunAsync(
            ["skopeo", "copy", "--src-tls-verify=false", "--dest-tls-verify=false", $"docker://{world.Registry}/{repository}/app:1", $"docker://{world.Registry}/{repository}/copied:1"], Cancel);

        (Image _, bool[] cached) = await BuildAsync(world.Registry, repository, Steps, "copied:1");

        Assert.Equal([true, true, true], cached);
    }

    [Fact]
    public async Task A_step_behind_one_that_differs_is_not_found_and_not_kept_from_the_other_image()
    {
        string repository = await StoreBaseAsync();
        await BuildAsync(world.Registry, repository, Steps);

        (Image changed, bool[] cached) = await BuildAsync(world.Registry, repository, "COPY one /one\nCOPY three /other\nCOPY three /three", "app:1");

        Assert.Equal([true, false, false], cached);
        Assert.Equal(3, ImageConfig.Parse(changed.Config).Unknown!["dev.kiln.cache.v1"].GetArrayLength());
    }

    [Fact]
    public async Task An_entry_that_was_changed_and_an_image_without_any_are_misses()
    {
        string repository = await StoreBaseAsync();
        await BuildAsync(world.Registry, repository, Steps);
        Image made = await world.ReadAsync($"{repository}/app:1", Cancel);
        ImageConfig config = ImageConfig.Parse(made.Config);
        string spoilt = config.Unknown!["dev.kiln.cache.v1"].GetRawText().Replace("COPY one", "COPY 1ne", StringComparison.Ordinal);
        await world.StoreAsync($"{repository}/spoilt:1", Image.Create(config.With("dev.kiln.cache.v1", JsonDocument.Parse(spoilt).RootElement), made.Layers, ImageFormat.Oci), Cancel);

        (Image _, bool[] cached) = await BuildAsync(world.Registry, repository, Steps, "base:1", "spoilt:1");

        Assert.Equal([false, true, true], cached);
    }

    private async Task<string> StoreBaseAsync()
    {
        string repository = world.NewRepository();
        await world.StoreAsync($"{repository}/base:1", world.Image, Cancel);
        return repository;
    }

    /// <summary>The image, and of its steps which were found.</summary>
    private static async Task<(Image Image, bool[] Cached)> BuildAsync(string registry, string repository, string steps, params string[] from)
    {
        using var build = new InProcessBuild { Inline = [.. from.Select(name => ImageReference.Parse($"{registry}/{repository}/{name}"))] };
        foreach (string name in new[] { "one", "two", "three" })
            await File.WriteAllTextAsync(Path.Combine(build.Context, name), name, Cancel);
        Image image = await build.RunAsync(
            $"FROM {registry}/{repository}/base:1\n{steps}",
            FaultWorld.Impatient with { StallTimeout = TimeSpan.FromMinutes(1) },
            new OutputOptions { Destinations = [ImageReference.Parse($"{registry}/{repository}/app:1")] },
            Cancel);
        return (image, [.. build.Events.OfType<StepEnded>().Select(step => step.Outcome == StepOutcome.Cached)]);
    }
}
