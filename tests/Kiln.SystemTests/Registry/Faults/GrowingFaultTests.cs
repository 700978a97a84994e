// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;
using Xunit;
using static Kiln.SystemTests.Registry.Faults.FaultScenario;

namespace Kiln.SystemTests.Registry.Faults;

/// <summary>What goes wrong with a layer that is sent while it is made.</summary>
public sealed class GrowingFaultTests(FaultWorld world) : IClassFixture<FaultWorld>
{
    private static readonly FaultScenario[] Table =
    [
        new("nothing goes wrong", _ => null) { Requests = (RequestKind.UploadPatch, 1) },
        new("tokens are needed", _ => null) { Options = new FaultProxyOptions { RequiresTokens = true }, Requests = (RequestKind.UploadPatch, 1) },
        new("uploads have relative addresses", _ => null) { Options = new FaultProxyOptions { RelativeLocations = true } },
        .. Passing(RequestKind.UploadPatch),
        .. Passing(RequestKind.UploadPut),
        .. Lasting(RequestKind.UploadPut),
        .. Passing(RequestKind.UploadStart),
        .. Lasting(RequestKind.UploadStart),
        Once(RequestKind.UploadPatch, "it breaks off in the midst", new Fault { CutRequestAfter = 1 << 20 }),
        Once(RequestKind.UploadPatch, "it stalls in the midst", new Fault { StallRequestAfter = 1 << 20 }),
        Once(RequestKind.UploadPatch, "a byte is changed", new Fault { CorruptRequestAt = 1 << 20 }),
        Once(RequestKind.UploadPatch, "no address is given", new Fault { DroppedHeaders = ["Location"] }),
        Once(RequestKind.UploadPatch, "the token expires before it", new Fault { ExpiresTokens = true }) with { Options = new FaultProxyOptions { RequiresTokens = true } },
        Always(RequestKind.UploadPatch, "it is too large for a proxy", Fault.Of(413), null),
        new("UploadPatch: only chunks with their ranges are taken", r => r.Kind == RequestKind.UploadPatch && r.Header("Content-Range") is null ? Fault.Of(411) : null),
        Always(RequestKind.UploadPatch, "it is not known", Fault.Of(405), null),
        Always(RequestKind.UploadPatch, "it always fails", Fault.Of(500), null),
        new("UploadPut: the layer is too large for a proxy, and so is a chunk", r => r.Kind is RequestKind.UploadPatch or RequestKind.UploadPut ? new Fault { LargestRequest = 256 << 10, CutRequestAfter = r.Header("Content-Length") is null ? 256 << 10 : null } : null),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => [.. Table.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_layer_that_grows_arrives_whole_or_not_at_all(string name)
    {
        string repository = world.NewRepository();
        IBlobSource layer = world.Image.Layers[0];

        bool pushed = await world.RunAsync(Table.Single(scenario => scenario.Name == name), async (proxy, client) =>
        {
            ImageReference destination = ImageReference.Parse($"{proxy.Address}/{repository}:1");
            await client.PushGrowingBlobAsync(destination, await layer.OpenAsync(Cancel), Task.FromResult(layer), null, Cancel);
            await client.PushImageAsync(destination, world.Image, Cancel);
        });

        if (pushed)
            Assert.Equal(world.Image.Digest, (await world.ReadAsync($"{repository}:1", Cancel)).Digest);
        else
            Assert.Null(await world.FindTagAsync($"{repository}:1", Cancel));
    }
}
