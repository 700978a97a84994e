// SPDX-License-Identifier: Apache-2.0
using Kiln.SystemTests.Build;
using Kiln.SystemTests.Registry;
using Xunit;

[assembly: AssemblyFixture(typeof(BuildWorld))]

namespace Kiln.SystemTests.Build;

/// <summary>
/// What the tests of whole builds share: the published program, a registry, and in it `library/base`, a small image of busybox. Made when
/// the first test asks for it.
/// </summary>
public sealed class BuildWorld : IAsyncDisposable
{
    private readonly Lazy<Task<Parts>> _parts = new(MakeAsync);

    /// <summary>The program, where every user can read it.</summary>
    internal async Task<string> BinaryAsync() => (await _parts.Value).Binary;

    /// <summary>`127.0.0.1:PORT` of the registry that holds the base.</summary>
    internal async Task<string> RegistryAsync() => (await _parts.Value).Registry.Address;

    /// <summary>A place to build in. The base is `base` there.</summary>
    internal async Task<BuildPlace> NewPlaceAsync(uint uid = 0)
    {
        Assert.SkipUnless(uid == 0 || Environment.IsPrivilegedProcess, "another user can be taken by root alone");
        Parts parts = await _parts.Value;
        return new BuildPlace(parts.Binary, parts.Registry.Address, uid);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_parts.IsValueCreated || !_parts.Value.IsCompletedSuccessfully)
            return;
        Parts parts = await _parts.Value;
        await parts.Registry.DisposeAsync();
        parts.Directory.Dispose();
    }

    private static async Task<Parts> MakeAsync()
    {
        CancellationToken cancellationToken = CancellationToken.None;
        DockerRegistry registry = await DockerRegistry.StartAsync(new DockerRegistryOptions(), cancellationToken);
        var directory = new TempDirectory();
        await Programs.RunAsync(["chmod", "0755", directory.Root], cancellationToken);
        string binary = directory.Path("kiln");
        await Programs.RunAsync(["install", "-m", "0755", await FindBinaryAsync(cancellationToken), binary], cancellationToken);
        await BusyboxImage.PushAsync(binary, registry.Address, cancellationToken);
        return new Parts(directory, binary, registry);
    }

    /// <summary>KILN_BINARY names it; else it is published from the sources.</summary>
    private static async Task<string> FindBinaryAsync(CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable("KILN_BINARY") is { Length: > 0 } named)
            return named;
        return (await Programs.RunAsync([Path.Combine(Checkout.Root, "kiln"), "--print-binary"], cancellationToken)).Trim();
    }

    private sealed record Parts(TempDirectory Directory, string Binary, DockerRegistry Registry);
}
