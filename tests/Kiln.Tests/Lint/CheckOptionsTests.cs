// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Syntax;
using Kiln.Planning.Lint;
using Kiln.Tests.Planning;
using Xunit;
using static Kiln.Tests.Lint.Lints;

namespace Kiln.Tests.Lint;

/// <summary>What is looked at, and what a finding comes to.</summary>
public sealed class CheckOptionsTests
{
    private const string TwoFindings = "FROM scratch as base\ncopy a .\n";
    private const string Casing = "FromAsCasing: 'as' and 'FROM' keywords' casing do not match";

    [Theory]
    [InlineData("skip=all", "")]
    [InlineData("skip=all;error=true", "")]
    [InlineData("skip=ConsistentInstructionCasing,FromAsCasing", "")]
    [InlineData("skip=ConsistentInstructionCasing", Casing + " (line 2)")]
    [InlineData("error=false;skip=ConsistentInstructionCasing", Casing + " (line 2)")]
    [InlineData("skip=consistentinstructioncasing,fromascasing",
        Casing + " (line 2)\nConsistentInstructionCasing: Command 'copy' should match the case of the command majority (uppercase) (line 3)")]
    public void The_directive_skips_rules_by_their_names(string check, string expected) => Check($"# check={check}\n{TwoFindings}", expected);

    [Theory]
    [InlineData("skip=all;experimental=InvalidDefinitionDescription", true)]
    [InlineData("experimental=all", true)]
    [InlineData("experimental=all;skip=InvalidDefinitionDescription", true)]
    [InlineData("experimental=CopyIgnoredFile", false)]
    [InlineData("skip=all", false)]
    public void An_experimental_rule_runs_where_it_is_asked_for_and_nothing_skips_it(string check, bool runs) =>
        Assert.Equal(runs, Find($"# check={check}\n# odd\nARG foo\nFROM scratch").Count == 1);

    [Theory]
    [InlineData("", true)]
    [InlineData("# check=skip=LegacyKeyValueFormat\n", false)]
    [InlineData("# check=skip=all\n", false)]
    [InlineData("# a word first\n# CHECK = skip=LegacyKeyValueFormat;error=true and more words\n", false)]
    [InlineData("# check=skip=Other\n# check=skip=all\n", true)]
    [InlineData("# check=nonsense\n", true)]
    [InlineData("# check=skip=all\n#\n", true)]
    [InlineData("# check=skip=all\nRUN true\n", true)]
    public void A_comment_above_an_instruction_skips_there_alone(string above, bool found)
    {
        var findings = Find($"FROM scratch\nENV a b\n{above}ENV c d");

        Assert.Equal(found ? 2 : 1, findings.Count);
        Assert.Equal(2, findings[0].Span.Line);
    }

    [Fact]
    public void A_comment_s_error_is_not_heeded()
    {
        string dockerfile = "FROM scratch\n# check=error=true\nENV a b";

        Assert.Single(Find(dockerfile));
        Assert.Null(PlanLint.FindViolation(Log(dockerfile)));
    }

    [Theory]
    [InlineData("CMD [\"a\"]", "# check=skip=MultipleInstructionsDisallowed\nCMD [\"b\"]")]
    [InlineData("# check=skip=MultipleInstructionsDisallowed\nCMD [\"a\"]", "CMD [\"b\"]")]
    public void A_finding_about_two_instructions_is_skipped_above_either(string first, string second) => Check($"FROM scratch\n{first}\n{second}", "");

    [Theory]
    [InlineData("# check=skip=all", "skip=ConsistentInstructionCasing;error=true", "lint violation found for rules: FromAsCasing")]
    [InlineData("# check=error=true", "skip=all", null)]
    [InlineData("# check=skip=all;error=true", "", null)]
    [InlineData("# check=skip=all", "error=true", "lint violation found for rules: ConsistentInstructionCasing, FromAsCasing")]
    public void The_build_argument_takes_the_directive_s_place(string directive, string argument, string? violation) => Assert.Equal(
        violation, PlanLint.FindViolation(Log($"{directive}\n{TwoFindings}", WithBuildArg("BUILDKIT_DOCKERFILE_CHECK", argument)))?.Message);

    [Theory]
    [InlineData("# check=error=true\nFROM scratch AS a\nCMD x\nCMD y", "lint violation found for rules: JSONArgsRecommended, MultipleInstructionsDisallowed")]
    [InlineData("# check=error=true\nFROM scratch AS a", null)]
    [InlineData("FROM scratch\nCMD x", null)]
    [InlineData("# check=error=true\nFROM unseen\nCOPY $x /", null)]
    public void Certain_findings_are_an_error_where_that_was_said(string dockerfile, string? violation) =>
        Assert.Equal(violation, PlanLint.FindViolation(Log(dockerfile))?.Message);

    [Theory]
    [InlineData("skip", "invalid check option \"skip\"")]
    [InlineData("skp=all", "invalid check option \"skp=all\"")]
    [InlineData("error=maybe", "failed to parse check option \"error=maybe\"")]
    [InlineData("skip=a;error=true;experimental=b;skip=c", null)]
    public void Options_that_cannot_be_read_are_named(string text, string? problem)
    {
        // The fourth part belongs to the third, whose names it then is among.
        if (problem is null)
            Assert.Equal(["b;skip=c"], CheckOptions.Parse(text, null).Experimental);
        else
            Assert.Equal(
                $"failed to parse check options: {problem}", Assert.Throws<BuildException>(() => CheckOptions.Parse(text, null)).Diagnostic.Message);
    }

    [Fact]
    public void A_broken_build_argument_is_an_error_before_anything_is_planned() =>
        Assert.Equal("KILN1006", Assert.Throws<BuildException>(() => Find("FROM scratch", WithBuildArg("BUILDKIT_DOCKERFILE_CHECK", "x"))).Diagnostic.Rule.Code);

    [Fact]
    public void A_build_s_plan_is_the_same_with_and_without_findings()
    {
        var skipped = Plans.Of("# check=skip=all\nFROM conf-base:1\nENV a b\nCMD x").Target;
        var found = Plans.Of("#\nFROM conf-base:1\nENV a b\nCMD x").Target;

        Assert.Equal(skipped.Steps.Select(step => step.CreatedBy), found.Steps.Select(step => step.CreatedBy));
    }
}
