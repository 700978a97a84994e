// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Kiln.SystemTests.Build;
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Sandbox.Guest;

/// <summary>Programs that take shortcuts past the supervisor find what they find in a root directory that was changed by root; each part of `shortcuts.c` is of one way to tell the two apart.</summary>
[SupportedOSPlatform("linux")]
public sealed class ShortcutTruthTests(BuildWorld world)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("locks")]
    [InlineData("watched")]
    [InlineData("slashes")]
    [InlineData("low")]
    [InlineData("places")]
    [InlineData("users")]
    [InlineData("filters")]
    [InlineData("signals")]
    [InlineData("generated")]
    [InlineData("queue")]
    [InlineData("names")]
    public async Task A_program_cannot_tell_that_it_takes_shortcuts(string part)
    {
        using BuildPlace place = await PlaceAsync();
        string tree = place.Path("tree");
        Directory.CreateDirectory(tree);
        File.Copy(place.ContextPath("shortcuts"), Path.Combine(tree, "shortcuts"));

        string expected = await Programs.RunAsync(["chroot", tree, "/shortcuts", part], Token);

        Assert.Equal(expected, await SuperviseAsync(place, part));
    }

    [Fact]
    public async Task What_is_served_is_one_thing_however_it_is_looked_at()
    {
        using BuildPlace place = await PlaceAsync();

        Assert.Equal("the other end of a terminal: done\n", await SuperviseAsync(place, "served"));
    }

    private async Task<BuildPlace> PlaceAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && Programs.Has("setpriv"), "needs root and setpriv");
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "the rung is for x86-64");
        BuildPlace place = await world.NewPlaceAsync(0);
        CCompiler.CompileStatic(await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "tests/Kiln.SystemTests/Sandbox/Guest/programs/shortcuts.c"), Token), place.ContextPath("shortcuts"), "-static-pie"); // the supervisor's code lies within reach of where libraries do
        return place;
    }

    private static async Task<string> SuperviseAsync(BuildPlace place, string part)
    {
        place.Dockerfile($"FROM scratch\nCOPY shortcuts /shortcuts\nRUN [\"/shortcuts\", \"{part}\"]");
        using RunningProgram program = place.StartBuild(["--isolation", "supervised", "--no-push"], ["setpriv", "--no-new-privs"]);
        KilnRun run = await program.WaitAsync(Token);
        Assert.True(run.Status == 0, run.All);
        return run.Output;
    }
}
