// SPDX-License-Identifier: Apache-2.0
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>The devices of a step.</summary>
public sealed class DeviceTests(BuildWorld world)
{
    /// <summary>cp(1) and install(1) of coreutils refuse to copy from a file that is another once it is open.</summary>
    [Theory]
    [InlineData("namespaces")]
    [InlineData("chroot")]
    [InlineData("supervised")]
    public async Task A_device_is_the_same_file_by_its_path_and_when_it_is_open(string rung)
    {
        Assert.SkipUnless(rung != "chroot" || Environment.IsPrivilegedProcess, "a changed root takes root");
        using BuildPlace place = await world.NewPlaceAsync(0);
        place.Environment["KILN_ISOLATION"] = rung;
        place.Dockerfile("""
            FROM base
            RUN for name in null zero full random urandom; do \
                  echo $name $([ "$(stat -c '%d %i %t %T' /dev/$name)" = "$(stat -L -c '%d %i %t %T' /proc/self/fd/0 < /dev/$name)" ] && echo same || echo other); \
                done
            """);

        KilnRun run = await place.BuildAsync(["--no-push"], TestContext.Current.CancellationToken);

        Assert.Equal("null same\nzero same\nfull same\nrandom same\nurandom same\n", run.Output);
    }
}
