// SPDX-License-Identifier: Apache-2.0
using System.Runtime.Versioning;
using Kiln.Linux.Credentials;
using Kiln.Sandbox.Guest.Identity;
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Sandbox.Guest;

/// <summary>What the judgments let somebody do to a file is what the kernel lets, and leaves the modes and owners that the kernel leaves.</summary>
[SupportedOSPlatform("linux")]
public sealed class AccessTruthTests
{
    private const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Random_deeds_have_the_kernels_results(int seed)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        Assert.SkipUnless(Credential.EffectiveUid == 0 && Machine.HasUsers && CapabilitySets.Contains(CapabilitySets.Of(Credential.PermittedCapabilities()), GuestCredentials.Root.Capabilities.Bounding | 4),
            "needs root with a container's capabilities, CAP_DAC_READ_SEARCH and all ids");
        Assert.SkipUnless(CredentialTruthTests.IsCurrent, CredentialTruthTests.NotCurrent);
        Assert.SkipUnless((await File.ReadAllTextAsync("/proc/sys/fs/protected_hardlinks", cancellationToken)).Trim() == "1", "hard links are not protected here");
        using var directory = new TempDirectory();
        string program = directory.Path("file-access");
        CCompiler.CompileStatic(await File.ReadAllTextAsync(Path.Combine(Build.Checkout.Root, "tests/Kiln.SystemTests/Sandbox/Guest/programs/file-access.c"), cancellationToken), program);
        File.SetUnixFileMode(directory.Root, Everybody);
        var random = new Random(seed);
        AccessCase[] cases = [.. Enumerable.Range(0, 3000).Select(_ => new AccessCase(random))];
        await File.WriteAllTextAsync(directory.Path("cases"), string.Concat(cases.Select(deed => deed.Line)), cancellationToken);

        string output = await Programs.RunAsync([program, directory.Path("cases"), directory.Root], cancellationToken);

        Assert.Equal(cases.Select(deed => $"{deed.Line}{deed.Expected()}"), output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Zip(cases, (line, deed) => $"{deed.Line}{line}"));
    }
}
