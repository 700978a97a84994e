// SPDX-License-Identifier: Apache-2.0
using Xunit;

namespace Kiln.SystemTests.Sandbox;

public sealed class UserTests(BusyboxTree tree) : IClassFixture<BusyboxTree>
{
    private const string Ids = "id -u; id -g; id -G | tr ' ' '\\n' | sort -n | xargs; echo $HOME";

    [Theory]
    [InlineData("", "0 0 0 /root")]
    [InlineData("root", "0 0 0 /root")]
    [InlineData("app", "1000 1001 50 1001 2000 /home/app")]
    [InlineData("1000", "1000 1001 50 1001 2000 /home/app")]
    [InlineData("app:staff", "1000 50 50 /home/app")]
    [InlineData("app:2000", "1000 2000 2000 /home/app")]
    [InlineData("4242", "4242 0 0 /")]
    [InlineData("4242:4343", "4242 4343 4343 /")]
    public async Task A_user_has_the_ids_groups_and_home_of_the_image(string user, string expected)
    {
        string output = await Step.Shell(tree, Ids).With(request => request with { User = user }).OutputAsync();

        Assert.Equal(expected, output.Trim().ReplaceLineEndings(" "));
    }

    [Fact]
    public async Task Root_has_dockers_capabilities_and_no_others() =>
        Assert.Equal("00000000a80425fb 00000000a80425fb 00000000a80425fb", await CapabilitiesAsync(""));

    [Fact]
    public async Task A_user_has_no_capability_but_may_be_given_them_by_a_set_uid_program()
    {
        Assert.SkipUnless(Machine.HasUsers, "one user id alone is mapped here");

        Assert.Equal("0000000000000000 0000000000000000 00000000a80425fb", await CapabilitiesAsync("app"));
    }

    [Fact]
    public async Task A_set_uid_program_makes_root_of_a_user()
    {
        string layer = Directory.CreateDirectory($"{tree.Directory}/set-uid").FullName;
        CCompiler.CompileStatic("#include <stdio.h>\n#include <unistd.h>\nint main(void) { printf(\"%d %d\\n\", getuid(), geteuid()); }", $"{layer}/ids");
        var step = Step.Shell(tree, "chmod 4755 /ids && su app -c /ids").WithLower([tree.Root, layer]);

        Assert.Equal("1000 0\n", await step.OutputAsync());
    }

    /// <summary>Where every id is mapped the kernel itself answers, and where one is the supervisor: the answers are the same.</summary>
    [Fact]
    public async Task Ids_are_changed_by_the_kernels_rules()
    {
        string layer = Directory.CreateDirectory($"{tree.Directory}/identity").FullName;
        CCompiler.CompileStatic(await File.ReadAllTextAsync(Path.Combine(Build.Checkout.Root, "tests/Kiln.SystemTests/Sandbox/programs/identity.c"), TestContext.Current.CancellationToken), $"{layer}/identity");

        string output = await Step.Shell(tree, "/identity").WithLower([tree.Root, layer]).OutputAsync();

        Assert.Equal(
            """
            start done: 0 0 0, 0 0 0,
            setgroups done: 0 0 0, 0 0 0, 7 9
            setresgid(1, 2, 3) done: 0 0 0, 1 2 3, 7 9
            setuid(-1) EINVAL: 0 0 0, 1 2 3, 7 9
            setreuid(-1, 1000) done: 0 1000 1000, 1 2 3, 7 9
            setuid(5) EPERM: 0 1000 1000, 1 2 3, 7 9
            setreuid(1000, 0) done: 1000 0 0, 1 2 3, 7 9
            setreuid(7, 7) done: 7 7 7, 1 2 3, 7 9
            setuid(0) EPERM: 7 7 7, 1 2 3, 7 9
            setgroups EPERM: 7 7 7, 1 2 3, 7 9
            setregid(1, -1) done: 7 7 7, 1 2 2, 7 9
            setresuid(10, 11, 12) done: 10 11 12, 1 2 3, 7 9
            setuid(12) done: 10 12 12, 1 2 3, 7 9
            setresuid(-1, 11, 10) EPERM: 10 12 12, 1 2 3, 7 9
            setresuid(-1, 12, 10) done: 10 12 10, 1 2 3, 7 9
            setgid(3) done: 10 12 10, 1 3 3, 7 9
            setgid(4) EPERM: 10 12 10, 1 3 3, 7 9
            kept, setresuid(33, 33, 33) done: 33 33 33, 1 2 3, 7 9
            setresgid(34, 34, 34) done: 33 33 33, 34 34 34, 7 9
            setuid(0) done: 0 0 0, 34 34 34, 7 9
            setuid(44) done: 44 44 44, 34 34 34, 7 9
            setuid(0) EPERM: 44 44 44, 34 34 34, 7 9
            setfsuid 0 77, setfsgid 2 78
            end done: 0 0 0, 1 2 3, 7 9
            """, output.Trim());
    }

    [Fact]
    public async Task A_user_may_open_its_output_anew()
    {
        var step = Step.Shell(tree, "echo out > /dev/stdout; echo err > /dev/stderr").With(request => request with { User = "app" });

        Assert.Equal("out\n", await step.OutputAsync());
        Assert.Equal("err\n", step.Error);
    }

    [Fact]
    public async Task A_working_directory_that_is_made_is_the_users()
    {
        var step = Step.Shell(tree, "stat -c '%u:%g %a' . ..")
            .With(request => request with { User = "app", WorkingDirectory = Kiln.Linux.UnixPath.Clean("/srv/own/dir") });

        Assert.Equal("1000:1001 755\n1000:1001 755\n", await step.OutputAsync());
    }

    private async Task<string> CapabilitiesAsync(string user)
    {
        var step = Step.Shell(tree, "awk '/^Cap(Prm|Eff|Bnd)/{print $2}' /proc/self/status | xargs").With(request => request with { User = user });
        return (await step.OutputAsync()).Trim();
    }
}
