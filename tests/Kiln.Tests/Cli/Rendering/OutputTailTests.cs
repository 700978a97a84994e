// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Cli.Rendering.Live;
using Xunit;

namespace Kiln.Tests.Cli.Rendering;

public sealed class OutputTailTests
{
    [Theory]
    [InlineData("a\nb\nc", "a|b|c")]
    [InlineData("a\n\n\nb\n", "a|b")]
    [InlineData("0%\r50%\r100%\ndone\n", "100%|done")]
    [InlineData("line\r\nnext", "line|next")]
    [InlineData("\e[1;31mred\e[0m \e]0;title\a\e]8;;x\e\\link\e(B\e7", "red link")]
    [InlineData("a\tb\u0007\u009B", "a    b")]
    [InlineData("1\n2\n3\n4\n5\n6\n7\n8\n", "3|4|5|6|7|8")]
    public void It_is_what_a_person_would_read(string printed, string lines)
    {
        var whole = new OutputTail();
        whole.Add(Encoding.UTF8.GetBytes(printed));
        var pieces = new OutputTail();
        foreach (byte one in Encoding.UTF8.GetBytes(printed))
            pieces.Add([one]);

        Assert.Equal(lines.Split('|'), whole.Read(OutputTail.Most));
        Assert.Equal(lines.Split('|'), pieces.Read(OutputTail.Most));
    }

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("\u6F22\u5B57", 4)]
    [InlineData("e\u0301\u200D", 1)]
    [InlineData("\U0001F600!", 3)]
    public void A_character_takes_its_columns(string text, int columns)
    {
        Assert.Equal(columns, Cells.Count(text));
        Assert.Equal(text, Cells.Clip(text, columns));
        Assert.InRange(Cells.Count(Cells.Clip(text, columns - 1)), 0, columns - 1);
    }
}
