// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Dockerfile.Ignore;
using Xunit;

namespace Kiln.Tests.Dockerfile;

public sealed class GoPathMatchTests
{
    [Theory]
    [InlineData("abc", "abc", true)]
    [InlineData("*", "", true)]
    [InlineData("*c", "abc", true)]
    [InlineData("a*", "a", true)]
    [InlineData("a*/b", "a/c/b", false)]
    [InlineData("**", "a/b", false)]
    [InlineData("a*b?c*x", "abxbbxdbxebxczzx", true)]
    [InlineData("a*b?c*x", "abxbbxdbxebxczzy", false)]
    [InlineData("ab[b-d]", "abc", true)]
    [InlineData("ab[^c]", "abc", false)]
    [InlineData("ab[^e-g]", "abc", true)]
    [InlineData(@"a\*b", "a*b", true)]
    [InlineData(@"a\*b", "ab", false)]
    [InlineData("a?b", "a\u263Ab", true)]
    [InlineData("a[^a]b", "a\u263Ab", true)]
    [InlineData("[a-\u03B6]*", "\u03B1", true)]
    [InlineData(@"[\]a]", "]", true)]
    [InlineData(@"[x\-]", "-", true)]
    [InlineData("a^*", "a^b", true)]
    [InlineData("[*]", "*", true)]
    public void A_pattern_matches_or_not(string pattern, string name, bool expected) =>
        Assert.Equal(expected, GoPathMatch.Compile(pattern)!.Matches(Encoding.UTF8.GetBytes(name)));

    [Theory]
    [InlineData("[]a]")]
    [InlineData("[-]")]
    [InlineData("[x-]")]
    [InlineData("[-x]")]
    [InlineData("[a-b-c]")]
    [InlineData("[")]
    [InlineData("[^")]
    [InlineData("[^bc")]
    [InlineData("a[")]
    [InlineData(@"a\")]
    [InlineData(@"[a\")]
    public void A_malformed_pattern_is_none(string pattern) => Assert.Null(GoPathMatch.Compile(pattern));

    [Theory]
    [InlineData("a*", true)]
    [InlineData("[a]", true)]
    [InlineData("a?", true)]
    [InlineData(@"a\*", false)]
    [InlineData(@"a\\*", true)]
    [InlineData("a", false)]
    public void A_wildcard_counts_unless_it_is_escaped(string pattern, bool expected) => Assert.Equal(expected, GoPathMatch.HasWildcard(pattern));
}
