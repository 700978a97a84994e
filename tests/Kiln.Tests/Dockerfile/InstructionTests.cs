// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile;
using Kiln.Dockerfile.Instructions;
using Xunit;

namespace Kiln.Tests.Dockerfile;

public sealed class InstructionTests
{
    [Fact]
    public void Stages_hold_their_instructions()
    {
        DockerfileDocument document = Source.Parse("ARG v=1\nARG w\nfrom --platform=$p a AS Build\nRUN x\nFROM build\n");

        Assert.Equal(["v", "w"], document.GlobalArgs.SelectMany(arg => arg.Declarations).Select(arg => arg.Name));
        Assert.Equal([0, 1], document.Stages.Select(stage => stage.Index));
        Assert.Equal([1, 0], document.Stages.Select(stage => stage.Instructions.Count));
        FromInstruction from = document.Stages[0].From;
        Assert.Equal(("a", "$p", "build", "Build", "AS", "from"),
            (from.BaseName, from.Platform, from.StageName, from.WrittenStageName, from.As, from.Origin.Word));
        Assert.Null(document.Stages[1].From.StageName);
    }

    [Fact]
    public void An_empty_platform_is_none() => Assert.Null(Source.Parse("FROM --platform= a").Stages[0].From.Platform);

    [Theory]
    [InlineData("# escape=`\nFROM a", '`')]
    [InlineData("  # ESCAPE = ` \nFROM a", '`')]
    [InlineData("# syntax=x\n# escape=`\nFROM a", '`')]
    [InlineData("# foo=bar\n# escape=`\nFROM a", '\\')]
    [InlineData("\n# escape=`\nFROM a", '\\')]
    [InlineData("FROM a\n# escape=`", '\\')]
    [InlineData("\uFEFF# escape=`\r\nFROM a", '`')]
    public void The_escape_directive_stands_at_the_top(string text, char expected) => Assert.Equal(expected, Source.Parse(text).Directives.Escape);

    [Fact]
    public void The_directives_for_others_are_recorded()
    {
        var directives = Source.Parse("#!/x\n# syntax=docker/dockerfile:1 x\n# check=skip=A,B;experimental=all;error=true\nFROM a").Directives;

        Assert.Equal("docker/dockerfile:1", directives.Syntax);
        Assert.Equal(["A", "B"], directives.Check!.Skip);
        Assert.True(directives.Check is { SkipAll: false, ExperimentalAll: true, Error: true });
    }

    [Fact]
    public void The_comments_above_belong_to_an_instruction()
    {
        var instructions = Source.Instructions("# header\n#\n# a is first\n\n  # b: second\nARG a b\n# c\nARG d");

        Assert.Equal(["a is first", "# b: second"], instructions[0].Origin.Comments);
        Assert.Equal("is first", instructions[0].Origin.FindDescription("a"));
        Assert.Null(instructions[0].Origin.FindDescription("b"));
        Assert.Equal(["c"], instructions[1].Origin.Comments);
    }

    [Fact]
    public void A_health_check_has_its_times_in_nanoseconds()
    {
        HealthcheckInstruction check = Source.Only<HealthcheckInstruction>(
            "HEALTHCHECK --interval=1m30s --timeout=1.5s --start-period=2h --start-interval=100ms --retries=3 CMD curl  x");

        Assert.Equal(["CMD-SHELL", "curl  x"], check.Test);
        Assert.Equal(new HealthcheckTiming(90_000_000_000, 1_500_000_000, 7_200_000_000_000, 100_000_000, 3), check.Timing);
    }

    [Theory]
    [InlineData("HEALTHCHECK cmd [\"a\", \"b\"]", "CMD", "a", "b")]
    [InlineData("HEALTHCHECK none", "NONE")]
    public void A_health_check_has_the_form_of_the_image_configuration(string text, params string[] expected) =>
        Assert.Equal(expected, Source.Only<HealthcheckInstruction>(text).Test);

    [Fact]
    public void The_flags_of_COPY_are_read()
    {
        CopyInstruction copy = Source.Only<CopyInstruction>(
            "COPY --from=b --chown=$u --chmod=0644 --link --parents --exclude=*.a --exclude=b a /d");

        Assert.Equal(("b", true, "$u", "0644", true), (copy.From, copy.Parents, copy.Options.Chown, copy.Options.Chmod, copy.Options.Link));
        Assert.Equal(["*.a", "b"], copy.Options.Excludes);
        Assert.Equal("/d", copy.Sources.Destination);
    }

    [Fact]
    public void The_flags_of_ADD_are_read()
    {
        AddInstruction add = Source.Only<AddInstruction>("ADD --keep-git-dir=false --checksum=sha256:x --unpack a /d");

        Assert.Equal((false, "sha256:x", true), (add.KeepGitDirectory, add.Checksum, add.Unpack));
        Assert.Null(Source.Only<AddInstruction>("ADD a /d").Unpack);
    }

    [Fact]
    public void The_flags_of_RUN_are_read()
    {
        RunInstruction run = Source.Only<RunInstruction>("RUN --mount=type=cache,target=/c --mount=from=b,target=/d --network=none --security=insecure x");

        Assert.Equal([("type=cache,target=/c", null), ("from=b,target=/d", "b")], run.Mounts.Select(mount => (mount.Csv, mount.From)));
        Assert.Equal((RunNetwork.None, RunSecurity.Insecure, new ShellCommandLine("x")), (run.Network, run.Security, run.Command));
    }

    [Fact]
    public void A_trigger_points_to_the_FROM()
    {
        SourceSpan from = Source.Parse("# c\nFROM a").Stages[0].From.Span;

        var run = Assert.IsType<RunInstruction>(DockerfileParser.ParseTrigger("RUN --network=none <<E\nx\nE", from));

        Assert.Equal((from, from, "x\n"), (run.Span, run.Origin.WordSpan, run.ShellText));
    }

    [Theory]
    [InlineData("RUN a\nRUN b", "onbuild trigger should be a single expression")]
    [InlineData("", "onbuild trigger should be a single expression")]
    [InlineData("FROM a", "FROM isn't allowed as an ONBUILD trigger")]
    [InlineData("COPY --x a b", "unknown flag: --x")]
    [InlineData("RUN <<E", "unterminated heredoc")]
    public void A_trigger_that_is_none_is_an_error_at_the_FROM(string trigger, string message)
    {
        SourceSpan from = Source.Parse("# c\nFROM a").Stages[0].From.Span;

        Diagnostic error = Assert.Throws<BuildException>(() => DockerfileParser.ParseTrigger(trigger, from)).Diagnostic;

        Assert.Equal((message, from), (error.Message, error.Span));
    }
}
