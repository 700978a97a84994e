// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Copying;
using Xunit;

namespace Kiln.Tests.Build;

public sealed class ModeChangeTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("644")]
    [InlineData("0644")]
    [InlineData("07777")]
    [InlineData("u=rwX,go=rX")]
    [InlineData("+x")]
    [InlineData("a=")]
    [InlineData("u+r-w")]
    [InlineData("g=u")]
    public void What_chmod_takes_is_a_mode(string text) => Assert.True(ModeChange.TryParse(text, out _));

    [Theory]
    [InlineData("")]
    [InlineData("8")]
    [InlineData("10000")]
    [InlineData("999999999999")]
    [InlineData("-1x")]
    [InlineData("rwx")]
    [InlineData("u")]
    [InlineData("u=rq")]
    [InlineData("u=rw,")]
    [InlineData(",u=r")]
    [InlineData("g=uo")]
    [InlineData("0x1ff")]
    public void What_chmod_does_not_take_is_none(string text) => Assert.False(ModeChange.TryParse(text, out _));

    [Theory]
    [InlineData("4711", 0x1A4, "4711")]
    [InlineData("u+x", 0x1A4, "744")]
    [InlineData("go-rwx", 0x1FF, "700")]
    [InlineData("o=g", 0x1A0, "644")]
    [InlineData("u=rw,g=u,o=", 0x1FF, "660")]
    [InlineData("a+X", 0x1A4, "644")]
    [InlineData("a+X", 0x1E4, "755")]
    [InlineData("ug+s", 0x1ED, "6755")]
    [InlineData("+t", 0x1ED, "1755")]
    public void A_change_of_a_file(string text, int mode, string octal) => Assert.Equal(octal, Apply(text, mode, isDirectory: false));

    [Theory]
    [InlineData("a+X", 0x1A4, "755")]
    [InlineData("755", 0x5ED, "755")]
    [InlineData("u=rwx", 0x9ED, "4755")]
    public void A_change_of_a_directory(string text, int mode, string octal) => Assert.Equal(octal, Apply(text, mode, isDirectory: true));

    private static string Apply(string text, int mode, bool isDirectory)
    {
        Assert.True(ModeChange.TryParse(text, out ModeChange? change));
        return Convert.ToString(change!.Apply(mode, isDirectory), 8);
    }
}
