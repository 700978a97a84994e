// SPDX-License-Identifier: Apache-2.0
using Kiln.Cli.Rendering;
using Kiln.Diagnostics;
using Xunit;

namespace Kiln.Tests.Cli;

public sealed class DiagnosticTextTests
{
    private static readonly DiagnosticRule Rule = new("KILN0000", "a rule", "Do it otherwise.");

    [Fact]
    public void Without_a_place_there_is_a_message_and_a_hint() =>
        Assert.Equal("error KILN0000: it broke\nhint: Do it otherwise.\n", Plain(Rule.At(null, "it broke")));

    [Fact]
    public void A_hint_of_its_own_goes_before_the_rule_s() =>
        Assert.EndsWith("hint: turn it\n", Plain(Rule.At(null, "it broke", "turn it")), StringComparison.Ordinal);

    [Fact]
    public void The_caret_stands_below_what_is_meant() =>
        Assert.Equal(
            """
            Dockerfile:2:6: error KILN0000: it broke
              2 | COPY --chmod=9 a b
                |      ^~~~~~~~~
            hint: Do it otherwise.

            """,
            At("FROM a\nCOPY --chmod=9 a b\n", "--chmod=9"));

    [Fact]
    public void A_tab_before_it_stays_a_tab_so_that_the_caret_stands_right() =>
        Assert.Contains("  1 | RUN\ta\n    |    \t^\n", At("RUN\ta", "a"), StringComparison.Ordinal);

    [Fact]
    public void Several_lines_are_shown_without_a_caret_and_long_ones_cut_off() =>
        Assert.Equal(
            """
            Dockerfile:9:1: error KILN0000: it broke
               9 | RUN a \
              10 | b \
              11 | c \
              12 | d \
                 | ...
            hint: Do it otherwise.

            """,
            At(new string('\n', 8) + "RUN a \\\nb \\\nc \\\nd \\\ne", "RUN a \\\nb \\\nc \\\nd \\\ne"));

    [Fact]
    public void Control_characters_do_not_reach_the_terminal()
    {
        string text = At("RUN \e[31m\u0007 a", "a");

        Assert.DoesNotContain('\e', text);
        Assert.DoesNotContain('\u0007', text);
        Assert.Contains("RUN \uFFFD[31m\uFFFD a", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_s_control_characters_do_not_reach_the_terminal_either() =>
        Assert.DoesNotContain('\e', Plain(Rule.At(null, "unknown instruction: \e[2J", "did you mean \e[2J")));

    [Fact]
    public void A_message_that_quotes_lines_keeps_them() =>
        Assert.StartsWith("error KILN0000: process \"a\nb\" failed\n", Plain(Rule.At(null, "process \"a\nb\" failed")), StringComparison.Ordinal);

    [Fact]
    public void A_line_of_many_columns_is_cut_around_what_is_meant()
    {
        string text = At(new string('a', 3000) + "HERE" + new string('b', 3000), "HERE");

        string[] lines = text.Split('\n');
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 200));
        Assert.Equal(lines[1].IndexOf("HERE", StringComparison.Ordinal), lines[2].IndexOf('^', StringComparison.Ordinal));
    }

    [Fact]
    public void Colour_surrounds_and_changes_nothing()
    {
        Diagnostic diagnostic = Rule.At(Span("COPY a", "a"), "it broke");

        string coloured = DiagnosticText.Format(diagnostic, new Style(colour: true));

        Assert.Contains("\e[1;31m", coloured, StringComparison.Ordinal);
        Assert.Equal(Plain(diagnostic), System.Text.RegularExpressions.Regex.Replace(coloured, "\e\\[[0-9;]*m", ""));
    }

    private static string At(string text, string meant) => Plain(Rule.At(Span(text, meant), "it broke"));

    private static string Plain(Diagnostic diagnostic) => DiagnosticText.Format(diagnostic, new Style(colour: false));

    private static SourceSpan Span(string text, string meant) =>
        new(new SourceText("Dockerfile", text), text.IndexOf(meant, StringComparison.Ordinal), meant.Length);
}
