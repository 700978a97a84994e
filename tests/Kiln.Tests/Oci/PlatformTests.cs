// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;
using Xunit;

namespace Kiln.Tests.Oci;

public class PlatformTests
{
    private static readonly Platform Host = new("linux", "arm64");

    [Theory]
    [InlineData("linux/amd64", "linux/amd64")]
    [InlineData("linux/x86_64", "linux/amd64")]
    [InlineData("Linux/AMD64/v1", "linux/amd64")]
    [InlineData("linux/amd64/v3", "linux/amd64/v3")]
    [InlineData("linux/aarch64", "linux/arm64")]
    [InlineData("linux/arm64/v8", "linux/arm64")]
    [InlineData("linux/arm64/8", "linux/arm64")]
    [InlineData("linux/arm", "linux/arm/v7")]
    [InlineData("linux/arm/6", "linux/arm/v6")]
    [InlineData("linux/armhf", "linux/arm/v7")]
    [InlineData("linux/armel", "linux/arm/v6")]
    [InlineData("linux/i386", "linux/386")]
    [InlineData("macos/arm64", "darwin/arm64")]
    [InlineData("linux/madeup/x1", "linux/madeup/x1")]
    [InlineData("linux", "linux/arm64")]
    [InlineData("windows", "windows/arm64")]
    [InlineData("amd64", "linux/amd64")]
    [InlineData("s390x", "linux/s390x")]
    public void A_platform_is_read_and_normalised(string text, string expected)
    {
        Assert.True(Platform.TryParse(text, Host, out Platform? platform));
        Assert.Equal(expected, platform.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("linux/")]
    [InlineData("linux/amd64/v1/x")]
    [InlineData("linux/am d64")]
    [InlineData("quux")]
    public void Anything_else_is_no_platform(string text) => Assert.False(Platform.TryParse(text, Host, out _));

    [Theory]
    [InlineData("linux/amd64", "linux/amd64", 0)]
    [InlineData("linux/amd64", "linux/amd64/v2", null)]
    [InlineData("linux/amd64/v3", "linux/amd64/v2", 1)]
    [InlineData("linux/amd64/v3", "linux/amd64", 2)]
    [InlineData("linux/arm/v7", "linux/arm/v7", 0)]
    [InlineData("linux/arm/v7", "linux/arm/v6", 1)]
    [InlineData("linux/arm/v7", "linux/arm/v5", 2)]
    [InlineData("linux/arm/v6", "linux/arm/v7", null)]
    [InlineData("linux/arm64", "linux/arm64/v8", 0)]
    [InlineData("linux/arm64", "linux/arm/v7", null)]
    [InlineData("linux/amd64", "windows/amd64", null)]
    [InlineData("linux/riscv64", "linux/riscv64/x", null)]
    public void What_was_built_for_an_older_variant_runs_too_but_ranks_lower(string wanted, string built, int? rank)
    {
        Assert.True(Platform.TryParse(wanted, Host, out Platform? target));
        Assert.True(Platform.TryParse(built, Host, out Platform? offered));
        Assert.Equal(rank, target.Rank(offered));
    }
}
