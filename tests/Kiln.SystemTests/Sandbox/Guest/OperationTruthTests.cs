// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Kiln.SystemTests.Build;
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Sandbox.Guest;

/// <summary>
/// Random programs of file operations, of several processes and users, have in a supervised step the results that they have in a root directory that was changed by root, and leave the same tree. Seeds are counted from 1;
/// KILN_TEST_OPERATIONS says how many.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class OperationTruthTests(BuildWorld world)
{
    private const string Count = "300";

    // Docker's default capabilities.
    private const string Capabilities = "-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,+net_raw,+sys_chroot,+mknod,+audit_write,+setfcap";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(65532)]
    public async Task Random_programs_come_to_what_they_come_to_in_a_changed_root(uint uid)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && Machine.HasUsers && Programs.Has("setpriv"), "needs root, its users and setpriv");
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "the rung is for x86-64");
        Assert.SkipUnless((await File.ReadAllTextAsync("/proc/sys/fs/protected_hardlinks", Token)).Trim() == "1", "hard links are not protected here");
        string count = Environment.GetEnvironmentVariable("KILN_TEST_OPERATIONS") is { Length: > 0 } named ? named : Count;
        using BuildPlace place = await world.NewPlaceAsync(uid);
        CCompiler.CompileStatic(await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "tests/Kiln.SystemTests/Sandbox/Guest/programs/operations.c"), Token), place.ContextPath("operations"));

        string[] expected = Lines(await ReferAsync(place, "1", count));
        string[] found = Lines(await SuperviseAsync(place, "1", count));

        Assert.Equal(int.Parse(count, CultureInfo.InvariantCulture), expected.Length);
        if (expected.Zip(found).FirstOrDefault(pair => pair.First != pair.Second).First is { } line)
        {
            string seed = line.Split(' ')[0];
            TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
            Assert.Equal(await ReferAsync(place, seed), await SuperviseAsync(place, seed));
        }
        Assert.Equal(expected, found);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>By the kernel, in a directory of the same file system.</summary>
    private static async Task<string> ReferAsync(BuildPlace place, params string[] arguments)
    {
        string tree = place.Path("tree");
        Directory.CreateDirectory(tree);
        File.Copy(place.ContextPath("operations"), Path.Combine(tree, "operations"), overwrite: true);
        return await Programs.RunAsync(["setpriv", "--inh-caps=-all", $"--bounding-set={Capabilities}", "--clear-groups", "chroot", tree, "/operations", .. arguments], Token);
    }

    private static async Task<string> SuperviseAsync(BuildPlace place, params string[] arguments)
    {
        place.Dockerfile($"FROM scratch\nCOPY operations /operations\nRUN [\"/operations\", {string.Join(", ", arguments.Select(argument => $"\"{argument}\""))}]");
        using RunningProgram program = place.StartBuild(["--isolation", "supervised", "--no-push"], ["setpriv", "--no-new-privs"]);
        KilnRun run = await program.WaitAsync(Token);
        Assert.True(run.Status == 0, run.Error);
        return run.Output;
    }
}
