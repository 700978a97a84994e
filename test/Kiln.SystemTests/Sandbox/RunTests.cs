// SPDX-License-Identifier: Apache-2.0
using Kiln.Sandbox.Results;
using Xunit;

namespace Kiln.SystemTests.Sandbox;

public sealed class RunTests(BusyboxTree tree) : IClassFixture<BusyboxTree>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_ends_with_its_own_code() =>
        Assert.Equal(new Exited(42), await Step.Shell(tree, "exit 42").RunAsync(Token));

    [Fact]
    public async Task What_it_changes_is_in_the_upper_directory_and_nothing_else_is()
    {
        var step = Step.Shell(tree, "echo hi > /srv/file");

        await step.OutputAsync();

        Assert.Equal(["/srv", "/srv/file"], Directory.EnumerateFileSystemEntries(step.Upper, "*", SearchOption.AllDirectories).Select(path => path[step.Upper.Length..]).Order(StringComparer.Ordinal));
    }
}
