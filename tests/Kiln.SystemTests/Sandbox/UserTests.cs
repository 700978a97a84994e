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
