// SPDX-License-Identifier: Apache-2.0
using Xunit;
using static Kiln.Tests.Lint.Lints;

namespace Kiln.Tests.Lint;

/// <summary>Where in an instruction the caret stands.</summary>
public sealed class FindingPlaceTests
{
    [Theory]
    [InlineData("FROM scratch AS Name", 14, "AS Name")]
    [InlineData("FROM scratch  AS   Name", 1, "FROM scratch  AS   Name")]
    [InlineData("FROM scratch\nCOPY food $foo /", 11, "$foo")]
    [InlineData("FROM scratch\nCOPY ${foo:-x} /", 6, "${foo")]
    [InlineData("FROM scratch\nCOPY ${foo} /", 6, "${foo}")]
    [InlineData("FROM scratch\nARG monkey=1 key", 14, "key")]
    [InlineData("FROM scratch\n  ENV a b", 3, "ENV a b")]
    [InlineData("FROM scratch\nCOPY a \\\n  $foo /", 1, "COPY a \\\n  $foo /")]
    [InlineData("FROM scratch AS last\nexpose 80\nENV a=b\nENV c=d", 1, "expose")]
    public void It_is_below_the_word_that_is_meant_if_that_is_in_the_first_line(string dockerfile, int column, string text)
    {
        var finding = Assert.Single(Find(dockerfile));

        Assert.Equal((column, text), (finding.Span.Column, finding.Span.Text));
    }

    [Fact]
    public void Findings_are_in_the_order_of_the_file()
    {
        int[] lines = [.. Find("FROM scratch\nCMD x\nENV a b\nMAINTAINER me\nFROM scratch AS Upper").Select(finding => finding.Span.Line)];

        Assert.Equal([2, 3, 4, 5], lines);
    }
}
