// SPDX-License-Identifier: Apache-2.0
using Kiln.Sandbox.Results;
using Xunit;

namespace Kiln.SystemTests.Sandbox;

/// <summary>What a step costs its builder in memory: measured in a process where no other test allocates meanwhile.</summary>
[Collection(nameof(Alone))]
public sealed class FloodTests(BusyboxTree tree) : IClassFixture<BusyboxTree>
{
    [Fact]
    public async Task A_flood_of_output_is_handed_on_as_it_comes()
    {
        var step = Step.Shell(tree, "head -c 1000000000 /dev/zero");
        long before = GC.GetTotalAllocatedBytes();

        RunResult result = await step.CountAsync(TestContext.Current.CancellationToken);

        Assert.Equal(new Exited(0), result);
        Assert.Equal(1_000_000_000, step.Counted);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 64 << 20);
    }
}
