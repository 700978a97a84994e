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

    /// <summary>With addresses that are none, and options that are wrong.</summary>
    private const string StrangeCalls = """
        bad-capget 0 0
        bad-capget 1 1
        bad-capset 0 0
        bad-getresuid 1 1 1
        bad-getresgid 1 1 1
        setgroups 7 9
        bad-getgroups 1 1
        bad-getgroups 2 1
        bad-getgroups -1 1
        bad-getgroups 0 1
        bad-setgroups 1 1
        bad-setgroups 70000 1
        prctl 38 1 1
        prctl 38 0x100000001
        prctl 39 1
        prctl 47 4 0 0 1
        prctl 47 1 3 1
        prctl 47 9 3
        prctl 47 1 64
        prctl 8 0x100000001
        prctl 4 0x100000001
        prctl 23 0x100000001
        prctl 28 0x100000000
        prctl 1234567
        prctl 0x100000007

        """;

    /// <summary>Linux 6.16 judges set-id programs of who has given up privilege anew; 6.14 has securebits for interpreters, 6.3 a setresuid that asks for nothing, 6.2 set-gid files that are given away.</summary>
    internal static bool IsCurrent { get; } = Environment.OSVersion.Version >= new Version(6, 16);

    internal const string NotCurrent = "the kernel is older than 6.16, whose rules are followed";

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

    /// <summary>With more than a container has.</summary>
    [Fact]
    public async Task All_of_roots_capabilities_have_the_kernels_results_too()
    {
        var random = new Random(4);
        (string program, SetIdPrograms programs) = Prepare(random);
        ulong[] sets = [.. await Task.WhenAll(new[] { "CapPrm", "CapEff", "CapInh", "CapBnd", "CapAmb" }.Select(OwnSetAsync))];
        GuestCredentials start = GuestCredentials.Root with { Capabilities = new CapabilitySets(sets[0], sets[1], sets[2], sets[3], sets[4]) };
        CredentialSequence[] sequences = [.. Enumerable.Range(0, 1000).Select(_ => new CredentialSequence(random, start, programs).Create(1 + random.Next(15)))];

        string output = await RunAsync(program, "as-is", sequences);

        Compare(sequences, output);
    }

    /// <summary>The same calls, answered by the kernel and by the supervisor, which leaves the kernel's idea of the process as it is.</summary>
    [Fact]
    public async Task Trapped_calls_are_answered_as_the_kernel_answers_them()
    {
        var random = new Random(5);
        (string program, _) = Prepare(random);
        CredentialSequence[] sequences = [.. Enumerable.Range(0, 250).Select(_ => new CredentialSequence(random, GuestCredentials.Root, programs: null).Create(1 + random.Next(15)))];
        await File.WriteAllTextAsync(_directory.Path("calls"), string.Concat(sequences.Select(sequence => sequence.Calls + StrangeCalls)), Token);

        string real = await Programs.RunAsync([program, "fresh", _directory.Path("calls")], Token);
        using var trapped = TrappedRun.Create(_directory.Root, CredentialCalls.Rules);
        string answered = await trapped.RunAsync([program, "as-is", _directory.Path("calls")], Token);

        Assert.Equal(Lines(real, isStatus: false), Lines(answered, isStatus: false));
        Assert.All(Lines(answered, isStatus: true), line => Assert.Contains($"\\Uid:\t0\t0\t0\t0\\Gid:\t0\t0\t0\t0\\", line, StringComparison.Ordinal));
        Assert.Equal(sequences.Length, Lines(answered, isStatus: true).Length);
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
        Assert.SkipUnless(IsCurrent, NotCurrent);
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

    private static string[] Lines(string output, bool isStatus) =>
        [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith("status ", StringComparison.Ordinal) == isStatus)];

    private static async Task<ulong> OwnSetAsync(string name) => ulong.Parse(
        (await File.ReadAllLinesAsync("/proc/self/status", Token)).Single(line => line.StartsWith(name, StringComparison.Ordinal)).Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);

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
