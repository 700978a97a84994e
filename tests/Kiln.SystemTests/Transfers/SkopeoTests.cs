// SPDX-License-Identifier: Apache-2.0
using Kiln.SystemTests.Build;
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Transfers;

/// <summary>The commands that move images, with skopeo and podman as the other end.</summary>
public sealed class SkopeoTests(BuildWorld world)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("oci:{0}/x:one", "{0}/x:one")]
    [InlineData("oci:{0}/x", "{0}/x")]
    [InlineData("oci-archive:{0}/x.tar:one", "{0}/x.tar:one")]
    public async Task What_skopeo_wrote_is_pushed_with_its_digest(string written, string pushed)
    {
        using TransferPlace place = await TransferPlace.CreateAsync(world, Token);
        await place.SkopeoCopyAsync($"docker://{place.Base}", place.In(written), Token);
        string destination = place.NewReference();

        await place.KilnAsync(["push", place.In(pushed), destination], Token);

        Assert.Equal(await place.DigestAsync(place.Base, Token), await place.DigestAsync(destination, Token));
    }

    [Fact]
    public async Task An_archive_of_skopeo_with_two_names_is_pushed_by_either_and_by_all()
    {
        using TransferPlace place = await TransferPlace.CreateAsync(world, Token);
        string archive = place.In("{0}/x.tar");
        await Programs.RunAsync(
            ["skopeo", "--insecure-policy", "copy", "--src-tls-verify=false", "--additional-tag", "example.org/b:2", $"docker://{place.Base}", $"docker-archive:{archive}:example.org/a:1"], Token);
        string one = place.NewReference(), all = place.NewRepository();

        await place.KilnAsync(["push", archive + ":example.org/b:2", one], Token);
        KilnRun run = await place.KilnAsync(["push", archive, "--all", all], Token);

        Assert.Contains("has no manifest", run.Error, StringComparison.Ordinal);
        string digest = await place.DigestAsync(one, Token);
        Assert.Equal([digest, digest], [await place.DigestAsync(all + ":1", Token), await place.DigestAsync(all + ":2", Token)]);
        Assert.Equal((await PushedImage.FetchAsync(place.Base, Token)).List(), (await PushedImage.FetchAsync(one, Token)).List());
    }

    [Theory]
    [InlineData("{0}/x.tar", "docker-archive:{0}/x.tar")]
    [InlineData("{0}/x.tar", "oci-archive:{0}/x.tar")]
    [InlineData("{0}/x", "oci:{0}/x:latest")]
    [InlineData("{0}/x:named", "oci:{0}/x:named")]
    public async Task Skopeo_reads_what_was_pulled(string pulled, string read)
    {
        using TransferPlace place = await TransferPlace.CreateAsync(world, Token);

        await place.KilnAsync(["pull", place.Base, place.In(pulled)], Token);
        string back = place.NewReference();
        await Programs.RunAsync(
            ["skopeo", "--insecure-policy", "copy", "--dest-tls-verify=false", place.In(read), $"docker://{back}"], Token);

        Assert.Equal((await PushedImage.FetchAsync(place.Base, Token)).List(), (await PushedImage.FetchAsync(back, Token)).List());
    }

    [Fact]
    public async Task Podman_loads_what_was_pulled_and_what_it_saves_is_pushed()
    {
        using TransferPlace place = await TransferPlace.CreateAsync(world, Token);
        using var podman = new Podman();
        await place.KilnAsync(["copy", place.Base, place.In("docker-archive:{0}/x.tar:example.org/loaded:7")], Token);

        KilnRun load = await podman.CallAsync(["load", "-i", place.In("{0}/x.tar")], Token);
        KilnRun save = await podman.CallAsync(["save", "-o", place.In("{0}/saved.tar"), "example.org/loaded:7"], Token);
        string back = place.NewReference();
        await place.KilnAsync(["push", place.In("{0}/saved.tar"), back], Token);

        Assert.Contains("example.org/loaded:7", load.All, StringComparison.Ordinal);
        Assert.Equal(0, save.Status);
        Assert.Equal((await PushedImage.FetchAsync(place.Base, Token)).List(), (await PushedImage.FetchAsync(back, Token)).List());
    }

    [Fact]
    public async Task An_index_is_made_read_by_skopeo_and_carried_everywhere_with_its_digest()
    {
        using TransferPlace place = await TransferPlace.CreateAsync(world, Token);
        string index = place.NewReference(), again = place.NewReference(), third = place.NewReference();
        await place.KilnAsync(["pull", place.Base, place.In("{0}/arm")], Token);
        await place.KilnAsync(["manifest", "create", index, place.Base, place.In("oci:{0}/arm=linux/arm64"), "--annotation", "a=b"], Token);

        await Programs.RunAsync(["skopeo", "--insecure-policy", "copy", "--all", "--src-tls-verify=false", $"docker://{index}", place.In("oci:{0}/x:all")], Token);
        await place.KilnAsync(["push", place.In("{0}/x:all"), again], Token);
        await place.KilnAsync(["pull", "--all-platforms", again, place.In("{0}/x.tar")], Token);
        await place.KilnAsync(["copy", place.In("oci-archive:{0}/x.tar"), third], Token);
        KilnRun raw = await place.KilnAsync(["manifest", "inspect", third], Token);

        string digest = await place.DigestAsync(index, Token);
        Assert.Equal([digest, digest], [await place.DigestAsync(again, Token), await place.DigestAsync(third, Token)]);
        Assert.Contains("\"architecture\": \"arm64\"", raw.Output, StringComparison.Ordinal);
        Assert.Contains("\"a\": \"b\"", raw.Output, StringComparison.Ordinal);
    }
}
