// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile;
using Kiln.Planning;
using Kiln.Planning.Sources;
using Xunit;

namespace Kiln.Tests.Planning;

/// <summary>What SOURCE_DATE_EPOCH can name besides a number.</summary>
public sealed class SourceDateEpochTests
{
    private const string Stage = "FROM scratch AS Src\nARG v=1\nADD https://h/$v.tar /\nFROM scratch\n";

    [Theory]
    [InlineData("")]
    [InlineData("17")]
    public void A_number_or_nothing_asks_nobody(string value) => Assert.Null(Find(value, "FROM scratch"));

    [Fact]
    public void It_can_be_the_default_of_a_global_ARG() =>
        Assert.Equal(ContextSource.Instance, SourceDateEpoch.FindSource(Parse("ARG SOURCE_DATE_EPOCH=context\nFROM scratch"), Plans.Options));

    [Fact]
    public void It_can_name_a_context_or_a_stage_in_any_case_that_is_one_remote_ADD()
    {
        Assert.Equal(ContextSource.Instance, Find("context", "FROM scratch"));
        Assert.Equal(new ArchiveSource("https://h/a"), Find("named", "FROM scratch", "https://h/a"));
        Assert.Equal(new HttpSource("https://h/1.tar", null), Find("src", Stage));
        Assert.Equal(new GitSource { Remote = "https://h/r.git" }, Find("g", "FROM scratch AS g\nADD https://h/r.git /\nFROM scratch"));
    }

    [Theory]
    [InlineData("never", Stage, "invalid SOURCE_DATE_EPOCH: never")]
    [InlineData("s", "FROM base AS s\nADD https://h/a /", "SOURCE_DATE_EPOCH stage must use FROM scratch")]
    [InlineData("s", "FROM scratch AS s", "SOURCE_DATE_EPOCH stage must contain exactly one remote ADD")]
    [InlineData("s", "FROM scratch AS s\nADD https://h/a /\nADD https://h/b /", "SOURCE_DATE_EPOCH stage must contain exactly one remote ADD")]
    [InlineData("s", "FROM scratch AS s\nADD https://h/a https://h/b /", "SOURCE_DATE_EPOCH stage must contain exactly one remote ADD source")]
    [InlineData("s", "FROM scratch AS s\nADD a /", "SOURCE_DATE_EPOCH stage source must be a single HTTP(S) or Git ADD")]
    [InlineData("s", "FROM scratch AS s\nADD https://h/a /\nRUN x", "SOURCE_DATE_EPOCH stage \"s\" does not meet source-only requirements: unsupported RUN instruction")]
    public void What_has_no_time_is_refused(string value, string dockerfile, string message)
    {
        Diagnostic error = Assert.Throws<BuildException>(() => Find(value, dockerfile)).Diagnostic;

        Assert.Equal((DiagnosticRules.InvalidEpoch, message), (error.Rule, error.Message));
    }

    [Fact]
    public void An_image_is_refused() => Assert.Equal(
        "invalid SOURCE_DATE_EPOCH: named: an image has no time that counts",
        Assert.Throws<BuildException>(() => Find("named", "FROM scratch", "docker-image://alpine")).Message);

    [Fact]
    public void The_number_takes_the_name_s_place()
    {
        PlanOptions options = SourceDateEpoch.Resolve(Plans.WithArgs("SOURCE_DATE_EPOCH=src"), 17);

        BuildPlan plan = Plans.Of(Stage + "ARG SOURCE_DATE_EPOCH\nLABEL e=$SOURCE_DATE_EPOCH", options);

        Assert.Equal(17, plan.SourceDateEpoch);
        Assert.Equal("17", plan.Target.Config.Config.Labels["e"]);
        Assert.Null(Plans.Of(Stage, SourceDateEpoch.Resolve(options, null)).SourceDateEpoch);
    }

    private static SourceReference? Find(string value, string dockerfile, string named = "/dir") => SourceDateEpoch.FindSource(
        Parse(dockerfile),
        Plans.WithArgs($"SOURCE_DATE_EPOCH={value}") with { NamedContexts = new NamedContexts([new("named", named)]) });

    private static DockerfileDocument Parse(string text) => DockerfileParser.Parse(new SourceText("Dockerfile", text));
}
