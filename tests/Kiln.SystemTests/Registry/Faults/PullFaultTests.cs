// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;
using Xunit;
using static Kiln.SystemTests.Registry.Faults.FaultScenario;

namespace Kiln.SystemTests.Registry.Faults;

/// <summary>What goes wrong with a pull: it gives every byte, or one error.</summary>
public sealed class PullFaultTests(FaultWorld world) : IClassFixture<FaultWorld>
{
    private static readonly FaultProxyOptions ToStore = new() { Redirect = BlobRedirect.OtherHost };

    private static readonly FaultScenario[] Table =
    [
        new("nothing goes wrong", _ => null),
        .. Passing(RequestKind.ManifestGet),
        .. Lasting(RequestKind.ManifestGet),
        .. Passing(RequestKind.BlobGet),
        .. Lasting(RequestKind.BlobGet),
        .. Passing(RequestKind.Object).Select(scenario => scenario with { Options = ToStore }),

        // Connections
        new("the first connections are refused", _ => null) { Options = new FaultProxyOptions { RefusedConnections = 3 } },
        new("every answer takes its time", _ => new Fault { Delay = TimeSpan.FromMilliseconds(20) }),

        // Manifests
        Once(RequestKind.ManifestGet, "the body breaks off", new Fault { CutAnswerAfter = 10 }, times: 3),
        Once(RequestKind.ManifestGet, "the body stalls", new Fault { StallAnswerAfter = 10 }),
        Always(RequestKind.ManifestGet, "it does not exist", Fault.Of(404), DiagnosticRules.NotInRegistry) with { Requests = (RequestKind.ManifestGet, 1) },
        Always(RequestKind.ManifestGet, "409", Fault.Of(409), DiagnosticRules.RegistryRefused) with { Requests = (RequestKind.ManifestGet, 1) },
        Always(RequestKind.ManifestGet, "no digest is named", new Fault { DroppedHeaders = ["Docker-Content-Digest"] }, null),
        Always(RequestKind.ManifestGet, "no type is named", new Fault { DroppedHeaders = ["Content-Type"] }, null),
        Always(RequestKind.ManifestGet, "a wrong digest is named", new Fault { Headers = [("Docker-Content-Digest", $"sha256:{new string('0', 64)}")] }, DiagnosticRules.ContentMismatch),
        Always(RequestKind.ManifestGet, "a digest is named that is none", new Fault { Headers = [("Docker-Content-Digest", "nonsense")] }, null),
        Always(RequestKind.ManifestGet, "a byte is changed", new Fault { CorruptAnswerAt = 100 }, DiagnosticRules.ContentMismatch),
        Always(RequestKind.ManifestGet, "a byte is changed and no digest named", new Fault { CorruptAnswerAt = 0, DroppedHeaders = ["Docker-Content-Digest"] }, DiagnosticRules.MalformedImage),
        Always(RequestKind.ManifestGet, "it is empty", new Fault { ShortenAnswerTo = 0 }, DiagnosticRules.ContentMismatch),
        Always(RequestKind.ManifestGet, "it is empty and no digest named", new Fault { ShortenAnswerTo = 0, DroppedHeaders = ["Docker-Content-Digest"] }, DiagnosticRules.MalformedImage),
        Always(RequestKind.ManifestGet, "it is shorter than it says", new Fault { LengthLie = 1 }, DiagnosticRules.RegistryUnreachable),
        Always(RequestKind.ManifestGet, "it is longer than it says", new Fault { LengthLie = -1 }, DiagnosticRules.ContentMismatch),
        Always(RequestKind.ManifestGet, "it has no end", Fault.Of(200, new string(' ', 9 << 20), ("Content-Type", "application/vnd.oci.image.manifest.v1+json")), DiagnosticRules.RegistryProtocol),
        Always(RequestKind.ManifestGet, "a page of a proxy", Fault.Of(200, "<html>log in</html>", ("Content-Type", "text/html")), DiagnosticRules.MalformedImage),
        Always(RequestKind.ManifestGet, "it is redirected in a circle", Fault.Of(302, "", ("Location", "/v2/somewhere/manifests/else")), DiagnosticRules.RegistryRefused),

        // Blobs
        Once(RequestKind.BlobGet, "the body breaks off", new Fault { CutAnswerAfter = 100 }, times: 2),
        new("BlobGet: the body breaks off at every further half MiB", r => r.Kind == RequestKind.BlobGet ? new Fault { CutAnswerAfter = 512 << 10 } : null),
        new("BlobGet: the body breaks off, and the registry knows no ranges", r => r.Kind == RequestKind.BlobGet ? new Fault { CutAnswerAfter = r.Number < 5 ? 400 << 10 : null, DroppedRequestHeaders = ["Range"] } : null),
        Once(RequestKind.BlobGet, "the body stalls", new Fault { StallAnswerAfter = 1000 }),
        Always(RequestKind.BlobGet, "the body breaks off at its first byte", new Fault { CutAnswerAfter = 0 }, DiagnosticRules.RegistryUnreachable),
        new("BlobGet: the layer breaks off at one byte for ever", r => r.Kind == RequestKind.BlobGet ? r.Header("Range") is null ? new Fault { CutAnswerAfter = 1 << 20 } : Fault.Reset : null, DiagnosticRules.RegistryUnreachable),
        Always(RequestKind.BlobGet, "a byte is changed", new Fault { CorruptAnswerAt = 100 }, DiagnosticRules.ContentMismatch),
        Once(RequestKind.BlobGet, "it ends early and says so", new Fault { ShortenAnswerTo = 100 }),
        Always(RequestKind.BlobGet, "it always ends early", new Fault { ShortenAnswerTo = 0 }, DiagnosticRules.RegistryUnreachable),
        Once(RequestKind.BlobGet, "it is shorter than it says", new Fault { LengthLie = 5 }),
        Always(RequestKind.BlobGet, "it is another blob", new Fault { Headers = [("Docker-Content-Digest", $"sha256:{new string('0', 64)}")], CorruptAnswerAt = 1 }, DiagnosticRules.ContentMismatch),
        Always(RequestKind.BlobGet, "it does not exist", Fault.Of(404), DiagnosticRules.NotInRegistry) with { Requests = (RequestKind.BlobGet, 1) },
        Always(RequestKind.BlobGet, "400", Fault.Of(400), DiagnosticRules.RegistryRefused) with { Requests = (RequestKind.BlobGet, 1) },
        Always(RequestKind.BlobGet, "no digest is named", new Fault { DroppedHeaders = ["Docker-Content-Digest", "ETag"] }, null),
        new("BlobGet: a range is answered that was not asked for", r => r.Kind == RequestKind.BlobGet ? r.Header("Range") is null ? new Fault { CutAnswerAfter = 2000 } : new Fault { Headers = [("Content-Range", "bytes 90000-99999/3000000")] } : null, DiagnosticRules.RegistryProtocol),

        // Redirects
        new("blobs are redirected to another path", _ => null) { Options = new FaultProxyOptions { Redirect = BlobRedirect.Relative } },
        new("blobs are redirected to another address of the same host", _ => null) { Options = new FaultProxyOptions { Redirect = BlobRedirect.Absolute } },
        new("blobs are redirected to a store", _ => null) { Options = ToStore },
        new("blobs are redirected to a store, with tokens that are not for it", _ => null) { Options = ToStore with { RequiresTokens = true } },
        new("the store breaks off", r => r.Kind == RequestKind.Object ? new Fault { CutAnswerAfter = 700 << 10 } : null) { Options = ToStore },
        new("the store breaks off, with tokens", r => r.Kind == RequestKind.Object ? new Fault { CutAnswerAfter = 700 << 10 } : null) { Options = ToStore with { RequiresTokens = true } },
        new("the store changes a byte", r => r.Kind == RequestKind.Object ? new Fault { CorruptAnswerAt = 9 } : null, DiagnosticRules.ContentMismatch) { Options = ToStore },
        new("the store's signature is no good", r => r.Kind == RequestKind.Object ? Fault.Of(403) : null, DiagnosticRules.AccessDenied) { Options = ToStore, Says = "redirects to" },
        new("the store is gone", r => r.Kind == RequestKind.BlobGet ? Fault.Of(307, "", ("Location", "http://127.0.0.1:1/object")) : null, DiagnosticRules.RegistryUnreachable),
        new("the redirect leads to a file", r => r.Kind == RequestKind.BlobGet ? Fault.Of(307, "", ("Location", "file:///etc/passwd")) : null, DiagnosticRules.RegistryRefused),
        new("the redirect leads nowhere", r => r.Kind == RequestKind.BlobGet ? Fault.Of(307) : null, DiagnosticRules.RegistryRefused),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => [.. Table.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_pull_is_complete_or_an_error(string name)
    {
        string repository = world.NewRepository();
        await world.StoreAsync($"{repository}:1", world.Image, Cancel);

        await world.RunAsync(Table.Single(scenario => scenario.Name == name), async (proxy, client) =>
        {
            Image pulled = await FaultWorld.ReadAsync(client, ImageReference.Parse($"{proxy.Address}/{repository}:1"), Cancel);
            Assert.Equal(world.Image.Digest, pulled.Digest);
        });
    }

    [Fact]
    public async Task A_stale_manifest_is_a_whole_image_too_unless_its_digest_was_asked_for()
    {
        string repository = world.NewRepository();
        await world.StoreAsync($"{repository}:1", world.Image, Cancel);
        await world.StoreAsync($"{repository}:old", world.Older, Cancel);
        Fault? Stale(ProxiedRequest r) => r.Kind == RequestKind.ManifestGet ? new Fault { Rewrite = target => target[..target.LastIndexOf('/')] + "/old" } : null;

        await world.RunAsync(new FaultScenario("by tag", Stale), async (proxy, client) =>
            Assert.Equal(world.Older.Digest, (await FaultWorld.ReadAsync(client, ImageReference.Parse($"{proxy.Address}/{repository}:1"), Cancel)).Digest));
        await world.RunAsync(new FaultScenario("by digest", Stale, DiagnosticRules.ContentMismatch), (proxy, client) =>
            FaultWorld.ReadAsync(client, ImageReference.Parse($"{proxy.Address}/{repository}@{world.Image.Digest}"), Cancel));
    }

    [Fact]
    public async Task What_failed_with_all_its_tries_is_begun_anew_where_that_was_asked_for()
    {
        string repository = world.NewRepository();
        await world.StoreAsync($"{repository}:1", world.Image, Cancel);
        int tries = FaultWorld.Impatient.Tries;
        FaultScenario scenario = Once(RequestKind.ManifestGet, "503", Fault.Of(503), times: 2 * tries);

        await world.RunAsync(
            scenario,
            async (proxy, client) => await FaultWorld.ReadAsync(client, ImageReference.Parse($"{proxy.Address}/{repository}:1"), Cancel),
            FaultWorld.Impatient with { PullRetries = 2 });
        await world.RunAsync(
            scenario with { Error = DiagnosticRules.RegistryFailing },
            async (proxy, client) => await FaultWorld.ReadAsync(client, ImageReference.Parse($"{proxy.Address}/{repository}:1"), Cancel),
            FaultWorld.Impatient with { PullRetries = 1 });
    }
}
