// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Runtime.Versioning;
using System.Text;
using Kiln.Linux.Credentials;
using Kiln.Sandbox.Guest.Identity;
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Sandbox.Guest;

/// <summary>What a supervised process believes of itself after any calls is what the kernel makes of a process with a container's capabilities after the same ones.</summary>
[SupportedOSPlatform("linux")]
public sealed class CredentialTruthTests : IDisposable
{
    private const UnixFileMode All = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly TempDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Random_calls_have_the_kernels_results(int seed)
    {
        var random = new Random(seed);
        (string program, SetIdPrograms programs) = Prepare(random);
        CredentialSequence[] sequences = [.. Enumerable.Range(0, 1500).Select(_ => new CredentialSequence(random, GuestCredentials.Root, programs).Create(1 + random.Next(20)))];

        string output = await RunAsync(program, "fresh", sequences);

        Compare(sequences, output);
    }

    /// <summary>What Docker does before the program of a `USER` runs.</summary>
    [Fact]
    public async Task A_user_starts_as_Docker_starts_it()
    {
        (string program, SetIdPrograms programs) = Prepare(new Random(0));
        GuestCredentials started = GuestCredentials.For(1000, 50, [1000, 50]);
        CredentialSequence sequence = new CredentialSequence(new Random(0), GuestCredentials.Root, programs)
            .Do("setgroups 1000 50", GuestCredentials.Root.SetSupplementaryGroups([1000, 50])!)
            .Do("setresgid 50 50 50", GuestCredentials.Root.SetSupplementaryGroups([1000, 50])!.SetGroups(50, 50, 50)!)
            .Do("setresuid 1000 1000 1000", GuestCredentials.Root.SetSupplementaryGroups([1000, 50])!.SetGroups(50, 50, 50)!.SetUsers(1000, 1000, 1000)!)
            .Execute(0);

        string output = await RunAsync(program, "fresh", [sequence]);

        Compare([sequence], output);
        Assert.Equal(started, sequence.Last);
    }

    private (string Program, SetIdPrograms Programs) Prepare(Random random)
    {
        Assert.SkipUnless(Credential.EffectiveUid == 0 && Machine.HasUsers && CapabilitySets.Contains(CapabilitySets.Of(Credential.PermittedCapabilities()), GuestCredentials.Root.Capabilities.Bounding),
            "needs root with a container's capabilities and all ids");
        Assert.SkipUnless(File.ReadAllText("/proc/sys/fs/suid_dumpable").Trim() == "0", "set-uid programs are dumped here");
        string program = _directory.Path("credentials");
        CCompiler.CompileStatic(File.ReadAllText(Path.Combine(Build.Checkout.Root, "tests/Kiln.SystemTests/Sandbox/Guest/programs/credentials.c")), program);
        File.SetUnixFileMode(_directory.Root, All);
        return (program, SetIdPrograms.Create(_directory.Root, program, random));
    }

    private async Task<string> RunAsync(string program, string start, CredentialSequence[] sequences)
    {
        string calls = _directory.Path("calls");
        await File.WriteAllTextAsync(calls, string.Concat(sequences.Select(sequence => sequence.Calls)), Token);
        return await Programs.RunAsync([program, start, calls], Token);
    }

    private static void Compare(CredentialSequence[] sequences, string output)
    {
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int at = 0;
        foreach (CredentialSequence sequence in sequences)
        {
            foreach (string expected in sequence.Expected)
                Assert.True(at < lines.Length && lines[at++] == expected, $"{sequence.Calls}expected {expected}\nhave     {lines[at - 1]}\nafter    {lines[Math.Max(0, at - 2)]}");
            CompareStatus(lines[at++], sequence.Last);
        }
        Assert.Equal(lines.Length, at);
    }

    /// <summary>The kernel's own text says all that is believed, so that putting it in changes nothing.</summary>
    private static void CompareStatus(string line, GuestCredentials credentials)
    {
        string text = line["status ".Length..].Replace('\\', '\n');
        string umask = text.Split('\n').Single(status => status.StartsWith("Umask:", StringComparison.Ordinal))["Umask:\t".Length..];

        byte[] rewritten = StatusText.Rewrite(Encoding.UTF8.GetBytes(text), credentials, Convert.ToInt32(umask, 8));

        Assert.Equal(text, Encoding.UTF8.GetString(rewritten), ignoreLineEndingDifferences: false);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"\nUid:\t{credentials.Users.Real}\t"), text, StringComparison.Ordinal);
    }
}
