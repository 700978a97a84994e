// SPDX-License-Identifier: Apache-2.0
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>Devices and FIFOs of a step.</summary>
public sealed class SpecialFileTests(BuildWorld world)
{
    /// <summary>cp(1) and install(1) of coreutils refuse to copy from a file that is another once it is open.</summary>
    [Theory]
    [InlineData("namespaces")]
    [InlineData("chroot")]
    [InlineData("supervised")]
    public async Task A_device_is_the_same_file_by_its_path_and_when_it_is_open(string rung)
    {
        using BuildPlace place = await NewPlaceAsync(rung);
        place.Dockerfile("""
            FROM base
            RUN for name in null zero full random urandom; do \
                  echo $name $([ "$(stat -c '%d %i %t %T' /dev/$name)" = "$(stat -L -c '%d %i %t %T' /proc/self/fd/0 < /dev/$name)" ] && echo same || echo other); \
                done
            """);

        KilnRun run = await place.BuildAsync(["--no-push"], TestContext.Current.CancellationToken);

        Assert.Equal("null same\nzero same\nfull same\nrandom same\nurandom same\n", run.Output);
    }

    [Theory]
    [InlineData("namespaces")]
    [InlineData("chroot")]
    [InlineData("supervised")]
    public async Task Both_ends_of_a_fifo_find_each_other_whichever_comes_first(string rung)
    {
        using BuildPlace place = await NewPlaceAsync(rung);
        place.Dockerfile("""
            FROM base
            RUN mkfifo /srv/fifo && cd /srv && for i in 1 2 3; do \
                  timeout 9 sh -c '(echo write-first > fifo) & sleep 0.1; cat fifo'; \
                  timeout 9 sh -c 'cat fifo & sleep 0.1; echo read-first > fifo; wait'; \
                  timeout 9 sh -c '(echo at-once > fifo) & cat fifo'; \
                done | sort | uniq -c | awk '{ print $1, $2 }' && rm fifo
            """);

        KilnRun run = await place.BuildAsync(["--no-push"], TestContext.Current.CancellationToken);

        Assert.Equal("3 at-once\n3 read-first\n3 write-first\n", run.Output);
    }

    private async Task<BuildPlace> NewPlaceAsync(string rung)
    {
        Assert.SkipUnless(rung != "chroot" || Environment.IsPrivilegedProcess, "a changed root takes root");
        BuildPlace place = await world.NewPlaceAsync();
        place.Environment["KILN_ISOLATION"] = rung;
        return place;
    }
}
