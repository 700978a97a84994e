// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;
using Xunit;
using static Kiln.SystemTests.Registry.Faults.FaultScenario;

namespace Kiln.SystemTests.Registry.Faults;

/// <summary>What goes wrong with a push: the image is complete under its tag, or there is no tag and one error.</summary>
public sealed class PushFaultTests(FaultWorld world) : IClassFixture<FaultWorld>
{
    private static readonly FaultProxyOptions Tokens = new() { RequiresTokens = true };

    private static readonly FaultScenario[] Table =
    [
        new("nothing goes wrong", _ => null),
        .. Passing(RequestKind.BlobHead),
        .. Lasting(RequestKind.BlobHead),
        .. Passing(RequestKind.UploadStart),
        .. Lasting(RequestKind.UploadStart),
        .. Passing(RequestKind.UploadPut),
        .. Lasting(RequestKind.UploadPut),
        .. Passing(RequestKind.ManifestPut),
        .. Lasting(RequestKind.ManifestPut),
        .. Passing(RequestKind.Token).Select(scenario => scenario with { Options = Tokens }),
        .. Lasting(RequestKind.Token).Where(scenario => !scenario.Name.Contains("500") && !scenario.Name.Contains("429")).Select(scenario => scenario with { Options = Tokens }),
        Always(RequestKind.Token, "500", Fault.Of(500), DiagnosticRules.RegistryUnreachable) with { Options = Tokens, Says = "answered 500" },
        Always(RequestKind.Token, "an answer without a token", Fault.Of(200, "{}"), DiagnosticRules.RegistryProtocol) with { Options = Tokens },
        Always(RequestKind.Token, "a page", Fault.Of(200, "<html>"), DiagnosticRules.RegistryProtocol) with { Options = Tokens },
        Always(RequestKind.Token, "a token that does not count", Fault.Of(200, """{"token":"other"}"""), DiagnosticRules.AccessDenied) with { Options = Tokens },
        new("tokens are needed", _ => null) { Options = Tokens },
        new("ManifestPut: the token expires before it", r => r.Kind == RequestKind.ManifestPut && r.Number == 1 ? new Fault { ExpiresTokens = true } : null) { Options = Tokens },
        new("UploadPut: the token expires before it", r => r.Kind == RequestKind.UploadPut && r.Number == 1 ? new Fault { ExpiresTokens = true } : null) { Options = Tokens },
        new("the first connections are refused", _ => null) { Options = new FaultProxyOptions { RefusedConnections = 3 } },

        // Looking whether a blob is there
        Always(RequestKind.BlobHead, "the question is not known", Fault.Of(405), null),
        Always(RequestKind.BlobHead, "501", Fault.Of(501), null),
        Always(RequestKind.BlobHead, "another digest is named", Fault.Of(200, "", ("Docker-Content-Digest", $"sha256:{new string('0', 64)}")), null),
        Always(RequestKind.BlobHead, "all is said to be there that is not", Fault.Of(200), null),

        // Beginning an upload
        new("uploads have relative addresses", _ => null) { Options = new FaultProxyOptions { RelativeLocations = true } },
        Always(RequestKind.UploadStart, "no address is given", new Fault { DroppedHeaders = ["Location"] }, DiagnosticRules.RegistryProtocol),
        Always(RequestKind.UploadStart, "the address is another host's that is dead", new Fault { Headers = [("Location", "http://127.0.0.1:1/upload")] }, DiagnosticRules.RegistryUnreachable),
        Always(RequestKind.UploadStart, "the repository does not exist", Fault.Of(404), DiagnosticRules.NotInRegistry) with { Requests = (RequestKind.UploadStart, 2) },
        Always(RequestKind.UploadStart, "409", Fault.Of(409), DiagnosticRules.RegistryRefused) with { Requests = (RequestKind.UploadStart, 2) },
        Always(RequestKind.UploadStart, "it is redirected elsewhere for good", Fault.Of(301, "", ("Location", "http://127.0.0.1:1/")), DiagnosticRules.RegistryRefused) with { Says = "points to `http://127.0.0.1:1/`" },

        // Sending the bytes whole
        Once(RequestKind.UploadPut, "it breaks off in the midst", new Fault { CutRequestAfter = 100 << 10 }),
        Once(RequestKind.UploadPut, "it breaks off in the midst", new Fault { CutRequestAfter = 2 << 20 }, times: 3),
        Once(RequestKind.UploadPut, "it breaks off at its end", new Fault { CutRequestAfter = 3 << 20 }),
        Once(RequestKind.UploadPut, "it stalls in the midst", new Fault { StallRequestAfter = 100 }),
        Always(RequestKind.UploadPut, "it always breaks off", new Fault { CutRequestAfter = 50 }, DiagnosticRules.RegistryUnreachable),
        Once(RequestKind.UploadPut, "a byte is changed", new Fault { CorruptRequestAt = 60 }),
        new("a byte is changed on every way", r => r.Kind is RequestKind.UploadPut or RequestKind.UploadPatch ? new Fault { CorruptRequestAt = 60 } : null, DiagnosticRules.RegistryRefused) { Says = "DIGEST_INVALID" },
        Once(RequestKind.UploadPut, "the upload is unknown", Fault.Of(404, """{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN"}]}""")),
        Always(RequestKind.UploadPut, "the registry says that it stored another blob", new Fault { Headers = [("Docker-Content-Digest", $"sha256:{new string('0', 64)}")] }, DiagnosticRules.ContentMismatch),
        Always(RequestKind.UploadPut, "no digest is named", new Fault { DroppedHeaders = ["Docker-Content-Digest"] }, null),
        new("UploadPut: whole blobs are not taken (405)", r => r.Kind == RequestKind.UploadPut && r.Header("Content-Length") != "0" ? Fault.Of(405) : null),
        new("UploadPut: whole blobs are not taken (415)", r => r.Kind == RequestKind.UploadPut && r.Header("Content-Length") != "0" ? Fault.Of(415) : null),
        new("UploadPatch: chunks are not taken (405)", r => r.Kind == RequestKind.UploadPatch ? Fault.Of(405) : null),
        new("uploads are redirected (307) to where they are taken", r => r.Kind == RequestKind.UploadPut && !r.Target.Contains("moved=1", StringComparison.Ordinal) ? Fault.Of(307, "", ("Location", r.Target + "&moved=1")) : null),
        new("uploads are redirected (308) to where they are taken", r => r.Kind == RequestKind.UploadStart && !r.Target.Contains("moved=1", StringComparison.Ordinal) ? Fault.Of(308, "", ("Location", r.Target + "?moved=1")) : null),
        Always(RequestKind.UploadPut, "409", Fault.Of(409), DiagnosticRules.RegistryRefused),

        // Sending the bytes in chunks
        Large(2 << 20),
        Large(1 << 20),
        Large(100 << 10),
        new("nothing above a byte is taken", r => r.Kind is RequestKind.UploadPut or RequestKind.UploadPatch ? new Fault { LargestRequest = 1 } : null, DiagnosticRules.RegistryRefused) { Says = "413" },
        InChunks("a chunk's connection is reset", 2, Fault.Reset),
        InChunks("a chunk breaks off", 3, new Fault { CutRequestAfter = 1000 }),
        InChunks("a chunk stalls", 2, new Fault { StallRequestAfter = 1000 }),
        InChunks("a chunk fails with 503", 2, Fault.Of(503)),
        InChunks("a chunk's upload is lost", 3, Fault.Of(404)),
        InChunks("a chunk is out of order", 3, Fault.Of(416)),
        InChunks("a chunk's answer is lost", 2, Fault.Reset with { AfterForward = true }),
        InChunks("a chunk's byte is changed", 2, new Fault { CorruptRequestAt = 5 }),

        // The manifest
        Always(RequestKind.ManifestPut, "400", Fault.Of(400, """{"errors":[{"code":"MANIFEST_INVALID"}]}"""), DiagnosticRules.RegistryRefused) with { Says = "MANIFEST_INVALID", Requests = (RequestKind.ManifestPut, 1) },
        Once(RequestKind.ManifestPut, "a blob is not known after all", Fault.Of(404, """{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN"}]}""")),
        Always(RequestKind.ManifestPut, "a blob is never known", Fault.Of(404, """{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN"}]}"""), DiagnosticRules.NotInRegistry),
        Always(RequestKind.ManifestPut, "413", Fault.Of(413), DiagnosticRules.RegistryRefused),
        Once(RequestKind.ManifestPut, "it breaks off in the midst", new Fault { CutRequestAfter = 20 }, times: 2),
        Always(RequestKind.ManifestPut, "a byte is changed", new Fault { CorruptRequestAt = 0 }, DiagnosticRules.RegistryRefused),
        Always(RequestKind.ManifestPut, "a wrong digest is named for what is right", new Fault { Headers = [("Docker-Content-Digest", $"sha256:{new string('0', 64)}")] }, null),
        Always(RequestKind.ManifestPut, "no digest is named", new Fault { DroppedHeaders = ["Docker-Content-Digest"] }, null),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => [.. Table.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_push_is_complete_or_leaves_no_tag(string name)
    {
        string repository = world.NewRepository();

        bool pushed = await world.RunAsync(Table.Single(scenario => scenario.Name == name), (proxy, client) =>
            client.PushImageAsync(ImageReference.Parse($"{proxy.Address}/{repository}:1"), world.Image, Cancel));

        if (pushed)
            Assert.Equal(world.Image.Digest, (await world.ReadAsync($"{repository}:1", Cancel)).Digest);
        else
            Assert.Null(await world.FindTagAsync($"{repository}:1", Cancel));
    }

    [Fact]
    public async Task What_failed_with_all_its_tries_is_begun_anew_where_that_was_asked_for()
    {
        string repository = world.NewRepository();
        FaultScenario scenario = Once(RequestKind.ManifestPut, "503", Fault.Of(503), times: 2 * FaultWorld.Impatient.Tries);

        await world.RunAsync(
            scenario,
            (proxy, client) => client.PushImageAsync(ImageReference.Parse($"{proxy.Address}/{repository}:1"), world.Image, Cancel),
            FaultWorld.Impatient with { PushRetries = 2 });

        Assert.Equal(world.Image.Digest, await world.FindTagAsync($"{repository}:1", Cancel));
    }

    [Fact]
    public async Task A_host_that_takes_only_chunks_is_asked_for_their_size_once()
    {
        string repository = world.NewRepository();
        await using var proxy = new FaultProxy(world.Registry, r => r.Kind is RequestKind.UploadPut or RequestKind.UploadPatch ? new Fault { LargestRequest = 300 << 10 } : null);
        await using RegistryClient client = FaultWorld.Client(FaultWorld.Impatient);
        await client.PushImageAsync(ImageReference.Parse($"{proxy.Address}/{repository}:1"), world.Image, Cancel);
        long refused = proxy.Counts.Requests(RequestKind.UploadStart);

        await client.PushImageAsync(ImageReference.Parse($"{proxy.Address}/{repository}/other:1"), world.Image, Cancel);

        // A new upload for each of the two blobs, and none for a refusal.
        Assert.Equal(refused + 2, proxy.Counts.Requests(RequestKind.UploadStart));
    }

    private static FaultScenario Large(long most) =>
        new($"a proxy takes no more than {most} bytes", r => r.Kind is RequestKind.UploadPut or RequestKind.UploadPatch ? new Fault { LargestRequest = most } : null);

    private static FaultScenario InChunks(string name, int number, Fault fault) =>
        new($"UploadPatch: {name}", r => r.Kind switch
        {
            RequestKind.UploadPatch when r.Number == number => fault,
            RequestKind.UploadPut or RequestKind.UploadPatch => new Fault { LargestRequest = 1 << 20 },
            _ => null,
        });
}
