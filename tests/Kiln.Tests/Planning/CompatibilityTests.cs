// SPDX-License-Identifier: Apache-2.0
using Kiln.Planning;
using Kiln.Planning.Steps;
using Xunit;

namespace Kiln.Tests.Planning;

/// <summary>`--compat=kaniko`.</summary>
public sealed class CompatibilityTests
{
    private static readonly PlanOptions Kaniko = Plans.Options with { Compatibility = Compatibility.Kaniko };

    [Theory]
    [InlineData("USER 7:8\nCOPY a /b", "7:8")]
    [InlineData("USER app\nADD https://example.org/x /b", "app")]
    [InlineData("USER app\nCOPY <<E /b\nx\nE", "app")]
    [InlineData("USER 7\nCOPY --chown=1 a /b", null)]
    [InlineData("USER 7\nCOPY --from=conf-shell:1 a /b", null)]
    [InlineData("COPY a /b", null)]
    public void What_is_copied_is_the_users_unless_something_says_whose(string instructions, string? owner)
    {
        Assert.Equal(owner, Plans.Only<CopyStep>(instructions, Kaniko).UnlessChown);
        Assert.Null(Plans.Only<CopyStep>(instructions).UnlessChown);
    }

    [Theory]
    [InlineData("USER 7:8", "7", true)]
    [InlineData("USER app:staff", "app", false)]
    [InlineData("USER :5", "", false)]
    public void The_group_of_a_step_is_not_the_one_that_is_named(string user, string expected, bool isNumber)
    {
        RunStep run = Plans.Only<RunStep>($"{user}\nRUN x", Kaniko);

        Assert.Equal((expected, isNumber), (run.User, run.NumbersAreGroups));
        Assert.Equal((user[5..], false), Plans.Only<RunStep>($"{user}\nRUN x") is var docker ? (docker.User, docker.NumbersAreGroups) : default);
    }

    [Fact]
    public void Labels_of_the_Dockerfile_go_before_those_of_the_command_line()
    {
        const string Dockerfile = "FROM conf-base:1 AS a\nLABEL both=file\nFROM a\nLABEL last=file";
        PlanOptions options = Kaniko with { Labels = [new("both", "flag"), new("last", "flag"), new("own", "flag")] };

        var labels = Plans.Of(Dockerfile, options).Target.Config.Config.Labels;
        var others = Plans.Of(Dockerfile, options with { Compatibility = Compatibility.Docker }).Target.Config.Config.Labels;

        Assert.Equal(("file", "file", "flag"), (labels["both"], labels["last"], labels["own"]));
        Assert.Equal(("flag", "flag", "flag"), (others["both"], others["last"], others["own"]));
    }
}
