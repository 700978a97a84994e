// SPDX-License-Identifier: Apache-2.0
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>Memory does not grow with the image: the whole process tree stays below 256 MiB, whatever is built.</summary>
public sealed class MemoryTests(BuildWorld world)
{
    private const long Limit = 256L << 20;

    [Fact]
    public Task A_step_that_writes_half_a_gibibyte() => StaysBelowTheLimitAsync(
        """
        FROM base
        RUN dd if=/dev/urandom of=/piece bs=1M count=8 2>/dev/null; i=0; while [ $i -lt 64 ]; do cat /piece >> /big; i=$((i+1)); done
        """);

    [Fact]
    public Task Steps_on_fifty_thousand_files() => StaysBelowTheLimitAsync(
        """
        FROM base AS made
        RUN d=0; while [ $d -lt 500 ]; do mkdir -p /tree/$d; cd /tree/$d; f=0; while [ $f -lt 100 ]; do echo $d > a-file-with-a-name-$f; f=$((f+1)); done; d=$((d+1)); done
        RUN rm -r /tree/7
        FROM made
        COPY --from=made /tree /copy
        """);

    [Fact]
    public async Task A_file_of_half_a_gibibyte_that_is_copied()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        using (FileStream big = File.Create(place.ContextPath("big")))
        {
            byte[] piece = new byte[1 << 20];
            var random = new Random(1);
            for (int i = 0; i < 512; i++)
            {
                random.NextBytes(piece);
                big.Write(piece);
            }
        }

        await StaysBelowTheLimitAsync(place, "FROM base\nCOPY big /");
    }

    private async Task StaysBelowTheLimitAsync(string dockerfile)
    {
        using BuildPlace place = await world.NewPlaceAsync();
        await StaysBelowTheLimitAsync(place, dockerfile);
    }

    private static async Task StaysBelowTheLimitAsync(BuildPlace place, string dockerfile)
    {
        place.Dockerfile(dockerfile);
        using RunningProgram program = place.StartBuild(["--destination", place.NewDestination()]);
        Task<KilnRun> run = program.WaitAsync(TestContext.Current.CancellationToken);
        long most = await TreeMemory.WatchAsync(program, run);

        Assert.True((await run).Status == 0, (await run).All);
        Assert.InRange(most, 1 << 20, Limit);
        TestContext.Current.TestOutputHelper?.WriteLine($"{most >> 20} MiB at most");
    }
}
