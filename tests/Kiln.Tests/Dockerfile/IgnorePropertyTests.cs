// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Dockerfile.Ignore;
using Xunit;

namespace Kiln.Tests.Dockerfile;

public sealed class IgnorePropertyTests
{
    private const int Pairs = 100_000;

    private static readonly string[] PatternPieces =
    [
        "a", "b", "ab", "x", ".", "^", "/", "/", "*", "*", "**", "**/", "/**", "?", "[ab]", "[a-b]", "[^a]", "[^a-b]x", "[!a]", "\\*", "\\-", "-", "]",
    ];

    private static readonly string[] PathPieces = ["a", "b", "ab", "x", ".a", "*", "^", "!", "-", "]", "/", "/"];

    [Fact]
    public void The_matcher_agrees_with_one_that_tries_everything()
    {
        var random = new Random(20260801);
        int ignored = 0, compared = 0;
        while (compared < Pairs)
        {
            string[] patterns = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => MakePattern(random)).Where(IsReadable)];
            string path = MakePath(random);
            bool expected = ReferenceIgnoreMatcher.Ignores(patterns, path);

            bool actual = new IgnoreMatcher([.. patterns.Select(pattern => IgnorePattern.Parse(pattern, span: null)!)]).Ignores(Encoding.UTF8.GetBytes(path));

            Assert.True(expected == actual, $"{string.Join(' ', patterns)} on {path}: expected {expected}");
            ignored += expected ? 1 : 0;
            compared++;
        }
        Assert.InRange(ignored, Pairs / 10, Pairs * 9 / 10);
    }

    [Theory]
    [InlineData(true, "a/b", "!a")]
    [InlineData(true, "!a", "a/b")]
    [InlineData(false, "a", "!a/b")]
    [InlineData(true, "a", "!a/b", "a/*")]
    [InlineData(true, "a", "!a", "a")]
    [InlineData(false, "a/b", "!a/*")]
    public void An_exception_that_changed_nothing_in_a_directory_has_to_match_below_it_by_itself(bool expected, params string[] patterns) =>
        Assert.Equal(expected, Ignores("a/b", patterns));

    [Theory]
    [InlineData("[[:digit:]]*", "7z", true)]
    [InlineData("[[:digit:]]*", "z7", false)]
    [InlineData("[[:^digit:]]*", "z7", true)]
    [InlineData("x[[:alpha:]_]*", "x_", true)]
    [InlineData("a\\d", "a5", true)]
    [InlineData("a\\d", "ad", false)]
    [InlineData("[\\w]x*", "_x", true)]
    [InlineData("a\\.b", "a.b", true)]
    [InlineData("a\\.b", "axb", false)]
    [InlineData("[*]", "*", false)]
    [InlineData("[*]", "[]", true)]
    [InlineData("[?]", "^]", true)]
    [InlineData("[?]", "?", false)]
    [InlineData("**/x*", "a\nb/x", false)]
    [InlineData("*x", "a\nbx", true)]
    public void Brackets_and_backslashes_mean_what_Go_s_regular_expressions_make_of_them(string pattern, string path, bool expected) =>
        Assert.Equal(expected, Ignores(path, pattern));

    [Theory]
    [InlineData("[[:nothing:]]")]
    [InlineData("dir\\pkg\\")]
    [InlineData("dir\\bin")]
    [InlineData("[z-a]")]
    [InlineData("[a-\\d]")]
    public void What_Go_s_regular_expressions_do_not_take_or_take_otherwise_is_refused(string pattern) => Assert.False(IsReadable(pattern));

    private static bool Ignores(string path, params string[] patterns) =>
        new IgnoreMatcher([.. patterns.Select(pattern => IgnorePattern.Parse(pattern, span: null)!)]).Ignores(Encoding.UTF8.GetBytes(path));

    private static string MakePattern(Random random)
    {
        string text = string.Concat(random.GetItems(PatternPieces, random.Next(1, 7)));
        string clean = string.Join('/', text.Split('/').Where(part => part is not ("" or ".")));
        return (random.Next(4) == 0 ? "!" : "") + clean;
    }

    private static string MakePath(Random random)
    {
        string path;
        do
            path = string.Join('/', string.Concat(random.GetItems(PathPieces, random.Next(1, 9))).Split('/', StringSplitOptions.RemoveEmptyEntries));
        while (path.Length == 0);
        return path;
    }

    /// <summary>Also not what cleaning would change, for the plain matcher does not clean.</summary>
    private static bool IsReadable(string pattern)
    {
        try
        {
            return IgnorePattern.Parse(pattern, span: null) is { } parsed && parsed.ToString() == pattern;
        }
        catch (Kiln.Diagnostics.BuildException)
        {
            return false;
        }
    }
}
