// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;
using Xunit;
using static Kiln.SystemTests.Registry.Faults.FaultScenario;

namespace Kiln.SystemTests.Registry.Faults;

/// <summary>What goes wrong with blobs that lie in the registry already: they are mounted, or else sent.</summary>
public sealed class MountFaultTests(FaultWorld world) : IClassFixture<FaultWorld>
{
    private static readonly FaultProxyOptions Tokens = new() { RequiresTokens = true };

    private static readonly FaultScenario[] Table =
    [
        new("nothing goes wrong", _ => null),
        new("tokens are needed", _ => null) { Options = Tokens },
        .. Passing(RequestKind.Mount),
        Always(RequestKind.Mount, "the connection is reset", Fault.Reset, DiagnosticRules.RegistryUnreachable),
        Always(RequestKind.Mount, "500", Fault.Of(500), null),
        Always(RequestKind.Mount, "401", Fault.Of(401), null),
        Always(RequestKind.Mount, "403", Fault.Of(403), null),
        Always(RequestKind.Mount, "404", Fault.Of(404), null),
        Always(RequestKind.Mount, "405", Fault.Of(405), null),
        Always(RequestKind.Mount, "409", Fault.Of(409), null),
        Always(RequestKind.Mount, "an upload is opened instead", new Fault { Rewrite = target => target.Split('?')[0] }, null),
        Always(RequestKind.Mount, "it is said to be done and is not", Fault.Of(201), null),
        new("Mount: nothing is mounted, and the blob breaks off on its way here", r => r.Kind switch { RequestKind.Mount => Fault.Of(404), RequestKind.BlobGet => new Fault { CutAnswerAfter = 1 << 20 }, _ => null }),
        new("Mount: nothing is mounted, and the blob breaks off on its way back", r => r.Kind switch { RequestKind.Mount => Fault.Of(404), RequestKind.UploadPut when r.Number <= 2 => new Fault { CutRequestAfter = 1 << 20 }, _ => null }),
        new("Mount: nothing is mounted, and a byte is changed on its way here", r => r.Kind switch { RequestKind.Mount => Fault.Of(404), RequestKind.BlobGet => new Fault { CorruptAnswerAt = 1 << 20 }, _ => null }, DiagnosticRules.ContentMismatch),
        new("Mount: nothing is mounted, and the blob is gone", r => r.Kind switch { RequestKind.Mount => Fault.Of(404), RequestKind.BlobGet => Fault.Of(404), _ => null }, DiagnosticRules.NotInRegistry),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => [.. Table.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_image_in_another_repository_is_complete_or_leaves_no_tag(string name)
    {
        string repository = world.NewRepository();
        await world.StoreAsync($"{repository}/base:1", world.Image, Cancel);

        bool pushed = await world.RunAsync(Table.Single(scenario => scenario.Name == name), (proxy, client) =>
            client.PushImageAsync(ImageReference.Parse($"{proxy.Address}/{repository}/app:1"), Located(proxy, client, repository), Cancel));

        if (pushed)
            Assert.Equal(world.Image.Digest, (await world.ReadAsync($"{repository}/app:1", Cancel)).Digest);
        else
            Assert.Null(await world.FindTagAsync($"{repository}/app:1", Cancel));
    }

    [Fact]
    public async Task What_is_mounted_is_not_sent_and_what_was_pushed_is_not_sent_again()
    {
        string repository = world.NewRepository();
        await world.StoreAsync($"{repository}/base:1", world.Image, Cancel);
        await using var proxy = new FaultProxy(world.Registry, _ => null);
        await using RegistryClient client = FaultWorld.Client(FaultWorld.Impatient);
        ImageReference app = ImageReference.Parse($"{proxy.Address}/{repository}/app:1");

        await client.PushImageAsync(app, Located(proxy, client, repository), Cancel);
        Assert.Equal(world.Image.Config.Descriptor.Size, proxy.Counts.BlobsUp);
        Assert.Equal(0, proxy.Counts.Down(RequestKind.BlobGet));

        await client.PushImageAsync(app, Located(proxy, client, repository), Cancel);
        Assert.Equal(world.Image.Config.Descriptor.Size, proxy.Counts.BlobsUp);
    }

    /// <summary>The image as a pull of the base gives it: its layers are there, and nowhere else.</summary>
    private Image Located(FaultProxy proxy, RegistryClient client, string repository)
    {
        ImageReference from = ImageReference.Parse($"{proxy.Address}/{repository}/base:1");
        return new Image(world.Image.Manifest, world.Image.Config, [.. world.Image.Layers.Select(layer => new RemoteBlob(client, from, layer.Descriptor))]);
    }
}
