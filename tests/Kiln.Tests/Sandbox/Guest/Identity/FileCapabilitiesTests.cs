// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Sandbox.Guest.Identity;
using Xunit;

namespace Kiln.Tests.Sandbox.Guest.Identity;

public sealed class FileCapabilitiesTests
{
    [Theory]
    [InlineData("0100000101000000020000000000000003000000", Errno.EINVAL)] // of the first form, which is shorter
    [InlineData("0100000200200000000000000000000000000000", Errno.None, 0x2000ul, 0ul, true)]
    [InlineData("0000000200200000010000000100000000000000", Errno.None, 0x1_0000_2000ul, 1ul, false)]
    [InlineData("010000030020000000000000000000000000000000000000", Errno.None, 0x2000ul, 0ul, true)]
    [InlineData("010000012000000004000000", Errno.None, 0x20ul, 4ul, true)]
    [InlineData("00000002ffffffff00000000ffffffff00000000", Errno.None, 0x1FF_FFFF_FFFFul, 0ul, false)]
    [InlineData("0100000400200000000000000000000000000000", Errno.EINVAL)]
    [InlineData("010000", Errno.EINVAL)]
    [InlineData("", Errno.EINVAL)]
    public void An_attribute_says_what_a_program_gets(string attribute, Errno expected, ulong permitted = 0, ulong inheritable = 0, bool isEffective = false)
    {
        Assert.Equal(expected, FileCapabilities.Parse(Convert.FromHexString(attribute), out FileCapabilities? capabilities));
        Assert.Equal(expected == Errno.None ? new FileCapabilities(permitted, inheritable, isEffective) : null, capabilities);
    }

    [Fact]
    public void What_holds_for_another_root_does_not_hold_here()
    {
        Assert.Equal(Errno.None, FileCapabilities.Parse(Convert.FromHexString("0100000300200000000000000000000000000000E8030000"), out FileCapabilities? capabilities));
        Assert.Null(capabilities);
    }

    [Fact]
    public void The_oldest_form_is_read_but_not_written()
    {
        Assert.False(FileCapabilities.IsWritable(Convert.FromHexString("010000012000000004000000")));
        Assert.True(FileCapabilities.IsWritable(Convert.FromHexString("0100000200200000000000000000000000000000")));
        Assert.False(FileCapabilities.IsWritable(Convert.FromHexString("01000002002000000000000000000000")));
    }
}
