// SPDX-License-Identifier: Apache-2.0
using Xunit;
using static Kiln.Tests.Lint.Lints;

namespace Kiln.Tests.Lint;

/// <summary>The rules that need nothing but the text.</summary>
public sealed class TextRuleTests
{
    [Theory]
    [InlineData("FROM scratch AS base", "")]
    [InlineData("FROM scratch", "")]
    [InlineData("FROM scratch AS BadStageName", "StageNameCasing: Stage name 'BadStageName' should be lowercase (line 1)")]
    [InlineData("FROM scratch AS a\n\nFROM a AS bB", "StageNameCasing: Stage name 'bB' should be lowercase (line 3)")]
    public void A_stage_s_name_is_in_lower_case(string dockerfile, string expected) => Check(dockerfile, expected);

    [Theory]
    [InlineData("from scratch as base", "")]
    [InlineData("FROM scratch as base", "FromAsCasing: 'as' and 'FROM' keywords' casing do not match (line 1)")]
    [InlineData("from scratch AS base", "FromAsCasing: 'AS' and 'from' keywords' casing do not match (line 1)")]
    [InlineData("FROM scratch As base", "FromAsCasing: 'As' and 'FROM' keywords' casing do not match (line 1)")]
    [InlineData("From scratch as base\nFROM scratch AS base2",
        "ConsistentInstructionCasing: Command 'From' should match the case of the command majority (uppercase) (line 1)")]
    public void AS_is_written_as_FROM_is_unless_FROM_itself_is_odd(string dockerfile, string expected) => Check(dockerfile, expected);

    [Theory]
    [InlineData("FROM scratch\nCOPY a \\\n.", "")]
    [InlineData("FROM scratch\nCOPY a \\\n# comment\n.", "")]
    [InlineData("FROM scratch\nCOPY a \\\n\n.", "NoEmptyContinuation: Empty continuation line (line 4)")]
    [InlineData("FROM scratch\nCOPY a \\\n\n\nb \\\nc .", "NoEmptyContinuation: Empty continuation line (line 6)")]
    [InlineData("FROM scratch\nCOPY <<E \\\n\n  .\nbody\nE", "NoEmptyContinuation: Empty continuation line (line 4)")]
    [InlineData("ARG a \\\n\n  b\nFROM scratch", "NoEmptyContinuation: Empty continuation line (line 3)")]
    public void A_blank_line_among_continuations_is_found_at_the_last_of_them(string dockerfile, string expected) => Check(dockerfile, expected);

    [Theory]
    [InlineData("from scratch\ncopy a /a\ncopy b /b", "")]
    [InlineData("FROM scratch\ncopy a /a\nCOPY b /b",
        "ConsistentInstructionCasing: Command 'copy' should match the case of the command majority (uppercase) (line 2)")]
    [InlineData("from scratch\nCOPY a /a\ncopy b /b",
        "ConsistentInstructionCasing: Command 'COPY' should match the case of the command majority (lowercase) (line 2)")]
    [InlineData("frOM scratch as a\nfrom scratch as b",
        "ConsistentInstructionCasing: Command 'frOM' should match the case of the command majority (lowercase) (line 1)")]
    [InlineData("FROM scratch\ncopy a /a", "ConsistentInstructionCasing: Command 'copy' should match the case of the command majority (uppercase) (line 2)")]
    [InlineData("arg a\narg b\narg c\nFROM scratch\nCOPY a /a", "")]
    [InlineData("FROM scratch\nRUN <<E\nenv\nlower\nE", "")]
    public void Instructions_are_written_as_most_are_and_in_a_tie_in_upper_case(string dockerfile, string expected) => Check(dockerfile, expected);

    [Theory]
    [InlineData("FROM scratch AS b1\nFROM scratch AS b2", "")]
    [InlineData("FROM scratch AS b\nFROM scratch AS b", "DuplicateStageName: Duplicate stage name \"b\", stage names should be unique (line 2)")]
    [InlineData("# check=skip=StageNameCasing\nFROM scratch AS b\nFROM scratch AS B\nFROM scratch AS b",
        "DuplicateStageName: Duplicate stage name \"b\", stage names should be unique (line 3)\n"
        + "DuplicateStageName: Duplicate stage name \"b\", stage names should be unique (line 4)")]
    public void A_name_is_one_stage_s(string dockerfile, string expected) => Check(dockerfile, expected);

    [Theory]
    [InlineData("FROM scratch\nFROM scratch AS a", "")]
    [InlineData("FROM scratch AS scratch", "ReservedStageName: Stage name should not use the same name as reserved stage \"scratch\" (line 1)")]
    [InlineData("FROM scratch AS context", "ReservedStageName: Stage name should not use the same name as reserved stage \"context\" (line 1)")]
    public void A_stage_has_no_name_that_means_something_else(string dockerfile, string expected) => Check(dockerfile, expected);

    [Theory]
    [InlineData("FROM scratch\nLABEL org.opencontainers.image.authors=\"me@example.org\"", "")]
    [InlineData("FROM scratch\nMAINTAINER me@example.org", "MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label (line 2)")]
    public void A_label_names_the_author(string dockerfile, string expected) => Check(dockerfile, expected);

    [Theory]
    [InlineData("# bar this is the bar\nARG foo=bar", "foo", "ARG", 3)]
    [InlineData("ARG x\n# BasE this is the image", "base", "FROM", 4)]
    [InlineData("# definitely a bad comment\nARG foo=baz bar=qux", "<arg_key>", "ARG", 3)]
    public void A_comment_above_a_definition_describes_it(string above, string name, string instruction, int line) =>
        Check(
            $"# check=experimental=InvalidDefinitionDescription\n{above}\nFROM scratch AS base",
            $"InvalidDefinitionDescription: Comment for {instruction} should follow the format: `# {name} <description>` (line {line})");

    [Theory]
    [InlineData("# foo this is the foo\nARG foo=bar")]
    [InlineData("# about something else\n# foo this is the foo\nARG foo=bar")]
    [InlineData("# baz this is the baz\nARG foo=baz baz=quux")]
    [InlineData("# not about what comes next\n#\nARG foo")]
    public void A_comment_that_describes_or_stands_apart_is_fine(string above) =>
        Check($"# check=experimental=InvalidDefinitionDescription\n{above}\nFROM scratch AS base", "");

    [Fact]
    public void Nobody_who_did_not_ask_for_experiments_gets_them() => Check("# nonsense\nARG foo\nFROM scratch", "");

    [Fact]
    public void Rules_about_the_text_look_at_stages_that_nobody_needs_and_rules_about_values_do_not() =>
        Check(
            "FROM scratch AS Unused\nENV a b\nCMD x\nMAINTAINER me\nFROM scratch AS last",
            "StageNameCasing: Stage name 'Unused' should be lowercase (line 1)\nMaintainerDeprecated: Maintainer instruction is deprecated in favor of using label (line 4)",
            Planning.Plans.Options);
}
