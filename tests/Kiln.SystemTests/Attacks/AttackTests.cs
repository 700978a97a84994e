// SPDX-License-Identifier: Apache-2.0
using Kiln.SystemTests.Build;
using Xunit;

namespace Kiln.SystemTests.Attacks;

/// <summary>Every program of the folder, in every rung: nothing planted comes out, nothing outside changes, nothing stays, and the builder ends in good order.</summary>
public sealed class AttackTests(BuildWorld world, AttackRungs rungs) : IClassFixture<AttackRungs>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<string, uint> Attacks => new(Attack.Names, [0, 1000]);

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task An_attack_gains_nothing(string name, uint uid)
    {
        var attack = Attack.Read(name);
        Assert.SkipUnless(uid == 0 || Environment.IsPrivilegedProcess, "another user can be taken by root alone");
        foreach (string rung in await rungs.FindAsync(world, Token))
        {
            if ((rung == "chroot" && uid != 0) || (attack.OnlyRung is { } only && only != rung))
                continue; // only root can have a changed root
            using AttackPlace place = await AttackPlace.CreateAsync(world, uid);

            KilnRun run = await place.BuildAsync(attack, rung, Token);

            TestContext.Current.TestOutputHelper!.WriteLine($"{rung}: {run.All}");
            // A rung without mounts refuses a step that asks for one, which gains nothing either.
            if (!run.Error.Contains("error KILN4005", StringComparison.Ordinal))
                CheckEnd(attack.ExpectationIn(rung), attack.IsEndless, run);
            place.CheckNothingHappened(run);
        }
    }

    private static void CheckEnd(string expectation, bool isEndless, KilnRun run)
    {
        if (expectation.StartsWith("status ", StringComparison.Ordinal))
            Assert.Equal(int.Parse(expectation["status ".Length..]), run.Status);
        else if (expectation.StartsWith("error ", StringComparison.Ordinal))
            Assert.Contains(expectation, run.Error, StringComparison.Ordinal);
        if (!isEndless && (expectation != "any" || run.Status == 0))
            Assert.Contains("attack over", run.Output, StringComparison.Ordinal);
    }
}
