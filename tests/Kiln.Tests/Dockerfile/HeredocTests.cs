// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Instructions;
using Kiln.Dockerfile.Syntax;
using Xunit;

namespace Kiln.Tests.Dockerfile;

public sealed class HeredocTests
{
    [Theory]
    [InlineData("<<EOF", "EOF", true, false)]
    [InlineData("<<-EOF", "EOF", true, true)]
    [InlineData("<< EOF", "EOF", true, false)]
    [InlineData("<<- EOF", "EOF", true, true)]
    [InlineData("3<<EOF", "EOF", true, false)]
    [InlineData("<<\"EOF\"", "EOF", false, false)]
    [InlineData("<<'E F'", "E F", false, false)]
    [InlineData("<<E\"O\"F", "EOF", false, false)]
    [InlineData("<<$EOF", "$EOF", true, false)]
    [InlineData("<<EOF>f", "EOF>f", true, false)]
    [InlineData("<<\\EOF", "EOF", true, false)]
    public void A_word_begins_a_heredoc(string word, string name, bool expand, bool chomp)
    {
        RunInstruction run = Source.Only<RunInstruction>($"RUN cat {word}\nx\n{name}\n");

        Assert.Equal(new Heredoc(new HeredocWord(name, expand, chomp), "x\n"), Assert.Single(run.Heredocs));
    }

    [Theory]
    [InlineData("RUN a<<EOF")]
    [InlineData("RUN <<<EOF")]
    [InlineData("RUN \"<<EOF\"")]
    [InlineData("RUN '<<EOF'")]
    [InlineData("RUN \\<<EOF")]
    [InlineData("RUN <<")]
    [InlineData("RUN $((1<<2))")]
    [InlineData("RUN [\"x\",\"<<E\"]")]
    [InlineData("RUN it's <<E")]
    [InlineData("CMD <<E")]
    [InlineData("ONBUILD CMD <<E")]
    public void Other_lines_begin_none(string text) => Assert.Single(Source.Instructions(text));

    [Fact]
    public void Bodies_follow_in_the_order_of_the_words()
    {
        CopySources sources = Source.Only<CopyInstruction>("COPY <<\"E\" <<-B a /x/\n1\nA\nE\n\t2\n\tB\n").Sources;

        Assert.Equal([new HeredocSource("E", "1\nA\n", Expand: false), new HeredocSource("B", "2\n", Expand: true)], sources.Heredocs);
        Assert.Equal(["a"], sources.Paths);
    }

    [Fact]
    public void Of_two_heredocs_with_one_name_both_have_the_last_body()
    {
        CopySources sources = Source.Only<CopyInstruction>("COPY <<E <<E /x/\n1\nE\n2\nE\n").Sources;

        Assert.Equal(["2\n", "2\n"], sources.Heredocs.Select(heredoc => heredoc.Content));
    }

    [Fact]
    public void A_heredoc_in_a_JSON_array_is_an_empty_file() =>
        Assert.Equal([new HeredocSource("E", "", Expand: true)], Source.Only<CopyInstruction>("COPY [\"<<E\", \"/x\"]").Sources.Heredocs);

    [Fact]
    public void A_blank_behind_the_name_does_not_end_a_heredoc() =>
        Assert.Equal("x\nE \n", Source.Only<RunInstruction>("RUN <<E\nx\nE \nE").ShellText);

    [Fact]
    public void Line_ends_and_comments_stay_in_a_body() =>
        Assert.Equal("x\r\n# c\r\n\\\r\n", Source.Only<RunInstruction>("RUN <<E\r\nx\r\n# c\r\n\\\r\nE\r\n").ShellText);

    [Theory]
    [InlineData("RUN <<-E\n\tx\n\tE", "x\n", true)]
    [InlineData("RUN <<'E F'\nx\nE F", "x\n", true)]
    [InlineData("RUN cat <<-E\n\tx\n\tE", "cat <<-E\n\tx\nE", false)]
    [InlineData("RUN <<E >f\nx\nE", "<<E >f\nx\nE", false)]
    [InlineData("RUN cat <<A <<B\n1\nA\n2\nB", "cat <<A <<B\n1\nA\n2\nB", false)]
    public void A_lone_heredoc_is_a_script_and_others_go_to_the_shell(string text, string expected, bool script)
    {
        RunInstruction run = Source.Only<RunInstruction>(text);

        Assert.Equal((expected, script), (run.ShellText, run.Script is not null));
    }

    [Fact]
    public void The_escape_directive_does_not_reach_heredocs() =>
        Assert.Equal("x\n", Source.Parse("# escape=`\nFROM a\nRUN <<\\E\nx\nE").Stages[0].Instructions.Cast<RunInstruction>().Single().ShellText);
}
