// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Instructions;
using Xunit;

namespace Kiln.Tests.Dockerfile;

/// <summary>What BuildKit's own parser answered to these texts.</summary>
public sealed class ParseProbeTests
{
    [Theory]
    [InlineData("RUN a \\\n# c\nRUN b", "a RUN b")]
    [InlineData("RUN a \\\n\n\n b", "a  b")]
    [InlineData("RUN a\\\n\\\nb", "ab")]
    [InlineData("RUN a \\ \t\nb", "a b")]
    [InlineData("\\\nRUN x", "x")]
    [InlineData("RUN ['a']", "['a']")]
    [InlineData("RUN [\"a\"] x", "[\"a\"] x")]
    [InlineData("RUN echo it's <<E", "echo it's <<E")]
    [InlineData("RUN", "")]
    [InlineData("RUN a \\", "a")]
    [InlineData("RUN [\"c:\\win\"]", "[\"c:\\win\"]")]
    public void A_shell_command_has_this_text(string text, string expected)
    {
        RunInstruction run = Source.Only<RunInstruction>(text);

        Assert.Equal(new ShellCommandLine(expected), run.Command);
        Assert.Empty(run.Heredocs);
    }

    [Theory]
    [InlineData("RUN a \\\\\nRUN b", "a \\\\")]
    [InlineData("RUN a \\\\\\\nRUN b", "a \\\\\\")]
    public void Doubled_escape_characters_do_not_continue(string text, string first)
    {
        var commands = Source.Instructions(text).Cast<RunInstruction>().Select(run => run.Command);

        Assert.Equal([new ShellCommandLine(first), new ShellCommandLine("b")], commands);
    }

    [Theory]
    [InlineData("RUN a \\\n# c\nRUN b", 2, 4)]
    [InlineData("\\\nRUN x", 2, 3)]
    [InlineData("# c\n\nRUN <<E\nx\nE\n\n", 4, 6)]
    public void An_instruction_spans_its_lines(string text, int first, int last)
    {
        Instruction instruction = Assert.Single(Source.Instructions(text));

        Assert.Equal((first, last), (instruction.Span.Line, instruction.Span.LastLine));
    }

    [Theory]
    [InlineData("RUN a \\\n\n b", true)]
    [InlineData("RUN a \\\n b", false)]
    public void A_blank_line_in_a_continuation_is_noted(string text, bool noted) =>
        Assert.Equal(noted, Source.Only<RunInstruction>(text).Origin.HasEmptyContinuation);

    [Theory]
    [InlineData("CMD [\"a\\\\b\",\"\\u0041\"]", "a\\b", "A")]
    [InlineData("CMD  [ \"a\" , \"b\" ] ", "a", "b")]
    [InlineData("CMD [\"\\ud83d\\ude00\",\"\\ud800x\\n\"]", "\U0001F600", "\uFFFDx\n")]
    public void A_JSON_array_is_decoded(string text, params string[] expected) =>
        Assert.Equal(expected, Assert.IsType<ExecCommandLine>(Source.Only<CmdInstruction>(text).Command).Arguments);

    [Fact]
    public void An_exec_form_can_hold_one_empty_string() =>
        Assert.Equal([""], Assert.IsType<ExecCommandLine>(Source.Only<EntrypointInstruction>("ENTRYPOINT [\"\"]").Command).Arguments);

    [Theory]
    [InlineData("ENV a = b", true, "a", "= b")]
    [InlineData("ENV a \"x\" y", true, "a", "\"x\" y")]
    [InlineData("ENV a=\"x y\" b=c\\ d", false, "a", "\"x y\"", "b", "c\\ d")]
    [InlineData("ENV a='x\\' b=\"\\\" \" c=d\\", false, "a", "'x\\'", "b", "\"\\\" \"", "c", "d")]
    [InlineData("ENV a=b\u00A0c=d", false, "a", "b", "c", "d")]
    [InlineData("ENV a=", false, "a", "")]
    public void The_pairs_of_ENV_are_kept_raw(string text, bool legacy, params string[] expected)
    {
        EnvInstruction env = Source.Only<EnvInstruction>(text);

        Assert.Equal(legacy, env.IsLegacy);
        Assert.Equal(expected, env.Pairs.SelectMany(pair => new[] { pair.Name, pair.Value }));
    }

    [Theory]
    [InlineData("ARG a b=c d=\"e f\"", "a", null, "b", "c", "d", "\"e f\"")]
    [InlineData("ARG \"foo=bar\" x", "\"foo", "bar\"", "x", null)]
    [InlineData("ARG --x=y a", "a", null)]
    public void The_names_of_ARG_are_literal(string text, params string?[] expected) =>
        Assert.Equal(expected, Source.Only<ArgInstruction>(text).Declarations.SelectMany(arg => new[] { arg.Name, arg.Default }));

    [Theory]
    [InlineData("COPY \"a b\" c", "\"a", "b\"")]
    [InlineData("COPY [\"a b\",\"c\"]", "a b")]
    [InlineData("COPY -- --x y", "--x")]
    [InlineData("ADD <<'E F' /x\ny\nE F", "<<'E", "F'")]
    [InlineData("COPY a\u00A0b c", "a\u00A0b")]
    public void Sources_are_cut_at_ASCII_blanks(string text, params string[] expected)
    {
        CopySources sources = Assert.Single(Source.Instructions(text)) switch
        {
            CopyInstruction copy => copy.Sources,
            Instruction add => Assert.IsType<AddInstruction>(add).Sources,
        };

        Assert.Equal(expected, sources.Paths);
        Assert.Empty(sources.Heredocs);
    }

    [Fact]
    public void A_no_break_space_belongs_to_a_base_name() => Assert.Equal("a\u00A0b", Source.Parse("FROM a\u00A0b").Stages[0].From.BaseName);

    [Fact]
    public void Flags_are_scanned_bytewise_without_quotes()
    {
        CopyOptions options = Source.Only<CopyInstruction>("COPY --link=TRUE --chown=\u00FC --chmod='u=rw' a b").Options;

        Assert.Equal((true, "\u00C3\u00BC", "u=rw"), (options.Link, options.Chown, options.Chmod));
    }

    [Theory]
    [InlineData("HEALTHCHECK --foo NONE")]
    [InlineData("STOPSIGNAL --x 9")]
    public void Some_instructions_ignore_flags(string text) => Assert.Single(Source.Instructions(text));

    [Fact]
    public void An_interval_of_zero_is_unset() =>
        Assert.Equal(HealthcheckTiming.Default, Source.Only<HealthcheckInstruction>("HEALTHCHECK --interval=0 CMD x").Timing);

    [Fact]
    public void An_unknown_mount_type_passes_the_parser() =>
        Assert.Equal("type=foo", Assert.Single(Source.Only<RunInstruction>("RUN --mount=type=foo x").Mounts).Csv);

    [Fact]
    public void Ports_are_sorted_before_they_are_expanded() =>
        Assert.Equal(["$X", "80", "90"], Source.Only<ExposeInstruction>("EXPOSE 90 80 $X").Ports);

    [Theory]
    [InlineData("ONBUILD RUN <<E\nx\nE", "RUN <<E\nx\nE")]
    [InlineData("ONBUILD FOO", "FOO")]
    [InlineData("onbuild   RUN a \\\n  b", "RUN a   b")]
    public void A_trigger_is_stored_as_written(string text, string expected) =>
        Assert.Equal(expected, Source.Only<OnbuildInstruction>(text).Trigger);
}
