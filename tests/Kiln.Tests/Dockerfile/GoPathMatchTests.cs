// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Dockerfile.Ignore;
using Xunit;

namespace Kiln.Tests.Dockerfile;

public sealed class GoPathMatchTests
{
    [Theory]
    [InlineData("readme", "readme", true)]
    [InlineData("*", "", true)]
    [InlineData("*.txt", "notes.txt", true)]
    [InlineData("notes*", "notes", true)]
    [InlineData("n*/x", "n/o/x", false)]
    [InlineData("**", "a/b", false)]
    [InlineData("*1?2*3", "0101229923", true)]
    [InlineData("*1?2*3", "0101229924", false)]
    [InlineData("v[0-9].[0-9]", "v1.7", true)]
    [InlineData("v[^0-9]", "v1", false)]
    [InlineData("v[^0-9]", "vx", true)]
    [InlineData(@"w\*w", "w*w", true)]
    [InlineData(@"w\*w", "ww", false)]
    [InlineData("w?w", "w\u00E9w", true)]
    [InlineData("w[^x]w", "w\u00E9w", true)]
    [InlineData("[\u00E0-\u00F0]*", "\u00E9t\u00E9", true)]
    [InlineData(@"[\[\]]", "]", true)]
    [InlineData(@"[0\-]", "-", true)]
    [InlineData("w^*", "w^x", true)]
    [InlineData("[*?]", "?", true)]
    [InlineData("[9-0]", "5", false)]
    public void A_pattern_matches_or_not(string pattern, string name, bool expected) =>
        Assert.Equal(expected, GoPathMatch.Compile(pattern)!.Matches(Encoding.UTF8.GetBytes(name)));

    [Theory]
    [InlineData("[]")]
    [InlineData("[]0]")]
    [InlineData("[--]")]
    [InlineData("[0-]")]
    [InlineData("[0-1-2]")]
    [InlineData("w[")]
    [InlineData("[^")]
    [InlineData("[^01")]
    [InlineData(@"w\")]
    [InlineData(@"[0\")]
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
