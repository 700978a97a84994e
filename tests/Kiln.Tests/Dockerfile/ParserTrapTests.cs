// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Instructions;
using Kiln.Dockerfile.Syntax;
using Xunit;

namespace Kiln.Tests.Dockerfile;

/// <summary>What readers of the published reference do not expect of BuildKit's parser.</summary>
public sealed class ParserTrapTests
{
    [Theory]
    [InlineData("# syntx=docker/dockerfile:1\nFROM a", "syntx", "syntax")]
    [InlineData("#escape=`\n# Chek = skip=all\n# syntax=a\nFROM a", "chek", "check")]
    public void A_directive_that_is_misspelt_is_a_comment_and_noticed(string text, string name, string meant)
    {
        ParserDirectives directives = Source.Parse(text).Directives;

        Assert.Equal((name, meant), (directives.Misspelt!.Name, directives.Misspelt.Meant));
        Assert.Null(directives.Syntax);
    }

    [Theory]
    [InlineData("# maintainer=me\nFROM a")]
    [InlineData("# a comment\n# syntx=x\nFROM a")]
    [InlineData("FROM a\n# syntx=x")]
    public void Other_comments_are_not_taken_for_directives(string text) => Assert.Null(Source.Parse(text).Directives.Misspelt);

    [Theory]
    [InlineData("RUN x=${A:=b} cat <<E\nx\nE", 1)]
    [InlineData("RUN x=${A:0:1} cat <<E\nx\nE", 1)]
    [InlineData("RUN x=${A^^} cat <<E", 0)]
    [InlineData("RUN x=${A cat <<E", 0)]
    public void An_unknown_modifier_behind_a_colon_leaves_the_heredocs_of_its_line(string text, int heredocs) =>
        Assert.Equal(heredocs, Source.Only<RunInstruction>(text).Heredocs.Count);

    [Fact]
    public void Flags_are_scanned_with_a_backslash_whatever_the_escape_directive_says()
    {
        CopyOptions options = Assert.IsType<CopyInstruction>(
            Assert.Single(Source.Parse("# escape=`\nFROM a\nCOPY --chown=a\\b --chmod=c`d x y").Stages[0].Instructions)).Options;

        Assert.Equal(("ab", "c`d"), (options.Chown, options.Chmod));
    }

    [Theory]
    [InlineData("type=CACHE,target=/c,sharing=Locked")]
    public void The_types_and_sharings_of_mounts_are_read_in_any_case(string csv)
    {
        MountOptions mount = RunMountParser.Parse(csv, value => value, default);

        Assert.Equal((MountType.Cache, CacheSharing.Locked), (mount.Type, mount.Sharing));
    }

    [Theory]
    [InlineData("ONBUILD RUN x \t", "RUN x \t")]
    [InlineData("ONBUILD -- RUN x", "-- RUN x")]
    public void A_trigger_is_stored_to_the_end_of_its_line(string text, string trigger) =>
        Assert.Equal(trigger, Source.Only<OnbuildInstruction>(text).Trigger);

    [Fact]
    public void Any_number_of_ONBUILDs_is_an_error_and_not_the_end_of_the_stack()
    {
        string text = string.Concat(Enumerable.Repeat("ONBUILD \\\n", 100_000));

        Assert.Equal(DiagnosticRules.InvalidOnbuild, Source.ErrorBelowFrom(text + "RUN x").Rule);
    }

    [Fact]
    public void A_no_break_space_behind_the_type_of_HEALTHCHECK_belongs_to_it() =>
        Assert.Equal("Unknown type \"CMD\u00A0X\" in HEALTHCHECK (try CMD)", Source.ErrorBelowFrom("HEALTHCHECK CMD\u00A0x").Message);

    [Fact]
    public void A_number_that_is_too_large_makes_an_array_no_JSON() =>
        Assert.Equal(new ShellCommandLine("[1e999]"), Source.Only<RunInstruction>("RUN [1e999]").Command);

    [Theory]
    [InlineData("# check=\nFROM a")]
    [InlineData("# check= \nFROM a")]
    public void A_check_directive_without_a_value_is_none(string text) => Assert.False(Source.Parse(text).Directives.Check?.Error ?? false);

    [Fact]
    public void Behind_a_shebang_the_first_of_two_syntax_directives_counts() =>
        Assert.Equal("a", Source.Parse("#!/x\n# syntax=a\n# syntax=b\nFROM a").Directives.Syntax);

    [Fact]
    public void An_error_of_syntax_anywhere_decides_and_the_others_follow_in_the_order_of_the_file()
    {
        BuildException error = Assert.Throws<BuildException>(() => Source.Parse("FROM a\nFOO\nCOPY a\nENV b\nCMD [1]"));

        Assert.Equal(4, error.Diagnostic.Span?.Line);
        Assert.Equal([2, 3, 5], error.Further.Select(further => further.Span?.Line));
    }

    [Fact]
    public void Not_more_than_ten_errors_are_shown()
    {
        BuildException error = Assert.Throws<BuildException>(() => Source.Parse("FROM a\n" + string.Concat(Enumerable.Repeat("COPY a\n", 50))));

        Assert.Equal(9, error.Further.Count);
    }

    [Fact]
    public void The_rest_of_a_text_that_lost_its_continuation_is_one_error()
    {
        BuildException error = Assert.Throws<BuildException>(() => Source.Parse("FROM a\nRUN x &&\n  y\n  z\nRUN a\nw"));

        Assert.Equal([3, 6], error.Further.Prepend(error.Diagnostic).Select(each => each.Span!.Value.Line));
    }

    [Fact]
    public void After_something_that_may_have_been_the_FROM_nothing_stands_too_early() =>
        Assert.Empty(Assert.Throws<BuildException>(() => Source.Parse("FORM a\nRUN x\nRUN y")).Further);
}
