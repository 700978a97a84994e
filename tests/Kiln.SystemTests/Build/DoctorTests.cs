// SPDX-License-Identifier: Apache-2.0
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>What `kiln doctor` says of the machine that the tests run on, where they know it by other means.</summary>
public sealed class DoctorTests(BuildWorld world)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_rung_that_the_doctor_names_is_the_one_that_a_build_takes()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base\nRUN true");

        using RunningProgram program = place.Start(["doctor"]);
        KilnRun doctor = await program.WaitAsync(Token);
        KilnRun build = await place.BuildAsync(["--no-push"], Token);

        Assert.True(doctor.Status == 0 && build.Status == 0, doctor.All + build.All);
        string best = doctor.Output.Split('\n').First(line => line.TrimEnd().EndsWith("works", StringComparison.Ordinal)).Trim().Split([' ', ','])[0];
        Assert.Contains($"isolation: {best}", build.Error, StringComparison.Ordinal);
        Assert.Contains($"{place.Path("root")}, on ", doctor.Output, StringComparison.Ordinal);
        Assert.Empty(place.Remains());
    }
}
