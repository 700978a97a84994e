// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Kiln.Oci;
using Xunit;

namespace Kiln.Tests.Oci;

public class DigestTests
{
    private const string OfAbc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    [Fact]
    public void The_digest_of_content_is_its_sha256_in_lower_case() => Assert.Equal(OfAbc, Digest.Sha256("abc"u8).ToString());

    [Fact]
    public void A_digest_is_read_back_with_its_parts()
    {
        Digest digest = Digest.Parse(OfAbc);

        Assert.Equal("sha256", digest.Algorithm);
        Assert.Equal(OfAbc[7..], digest.Hex);
        Assert.Equal(Digest.Sha256("abc"u8), digest);
    }

    [Fact]
    public void A_sha512_digest_matches_its_content_and_no_other()
    {
        Digest digest = Digest.Parse("sha512:" + Convert.ToHexStringLower(SHA512.HashData("abc"u8)));

        Assert.True(digest.Matches("abc"u8));
        Assert.False(digest.Matches("abd"u8));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("sha256:")]
    [InlineData("sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    [InlineData("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a")]
    [InlineData("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad0")]
    [InlineData("sha512:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("md5:900150983cd24fb0d6963f7d28e17f72")]
    [InlineData("sha256:../../../../../../../etc/passwd000000000000000000000000000000000")]
    public void Anything_else_is_no_digest(string? text) => Assert.False(Digest.TryParse(text, out _));

    [Fact]
    public void The_default_digest_cannot_be_written() => Assert.Throws<InvalidOperationException>(() => default(Digest).ToString());
}
