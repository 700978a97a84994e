// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Kiln.SystemTests.Build;
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Transfers;

/// <summary>A directory to move images to and from, beside the registry of the builds' tests.</summary>
internal sealed class TransferPlace : IDisposable
{
    private readonly BuildPlace _place;
    private int _number;

    private TransferPlace(BuildPlace place) => _place = place;

    public static async Task<TransferPlace> CreateAsync(BuildWorld world, CancellationToken cancellationToken)
    {
        Assert.SkipUnless(Programs.Has("skopeo"), "skopeo is not installed");
        cancellationToken.ThrowIfCancellationRequested();
        return new TransferPlace(await world.NewPlaceAsync());
    }

    public string Registry => _place.Registry;

    public string Root => _place.Root;

    /// <summary>The image of busybox that the registry has.</summary>
    public string Base => $"{_place.Registry}/library/base:latest";

    /// <summary>A text with the directory in place of `{0}`.</summary>
    public string In(string text) => string.Format(null, text, _place.Root);

    /// <summary>A repository that no other test uses.</summary>
    public string NewRepository() => $"{_place.Registry}/moved/{Path.GetFileName(_place.Root).ToLowerInvariant()}-{_number++}";

    public string NewReference() => NewRepository() + ":latest";

    /// <summary>The program, which is to succeed.</summary>
    public async Task<KilnRun> KilnAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        KilnRun run = await TryKilnAsync(arguments, cancellationToken);
        Assert.True(run.Status == 0, run.All);
        return run;
    }

    public async Task<KilnRun> TryKilnAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using RunningProgram program = _place.Start(arguments);
        return await program.WaitAsync(cancellationToken);
    }

    public Task<string> SkopeoCopyAsync(string from, string to, CancellationToken cancellationToken) =>
        Programs.RunAsync(["skopeo", "--insecure-policy", "copy", "--src-tls-verify=false", "--dest-tls-verify=false", from, to], cancellationToken);

    /// <summary>The digest of the bytes that the registry has under a name, as skopeo counts it.</summary>
    public async Task<string> DigestAsync(string reference, CancellationToken cancellationToken)
    {
        string raw = await Programs.RunAsync(["skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{reference}"], cancellationToken);
        using JsonDocument parsed = JsonDocument.Parse(raw);
        return "sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(raw)));
    }

    /// <summary>What is in the directory besides what a place always has.</summary>
    public IReadOnlyList<string> Files() =>
        [.. Directory.EnumerateFileSystemEntries(_place.Root).Select(path => Path.GetFileName(path)).Except(["context", "root", "home"]).Order(StringComparer.Ordinal)];

    public IReadOnlyList<string> Remains() => _place.Remains();

    public void Dispose() => _place.Dispose();
}
