// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using Kiln.Diagnostics;
using Kiln.Dockerfile.Ignore;
using Xunit;

namespace Kiln.Tests.Dockerfile;

public sealed class IgnoreMatcherTests
{
    [Fact]
    public void Every_path_is_ignored_or_not_as_in_the_table_of_patternmatcher()
    {
        using JsonDocument table = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require("oracles/ignore/matches.json")));
        foreach (JsonElement row in table.RootElement.EnumerateArray())
        {
            string[] patterns = [.. row.GetProperty("patterns").EnumerateArray().Select(pattern => pattern.GetString()!)];
            string path = row.GetProperty("path").GetString()!;

            bool expected = row.GetProperty("ignored").GetBoolean();

            Assert.Equal((string.Join(' ', patterns), path, expected), (string.Join(' ', patterns), path, Ignores(path, patterns)));
        }
        Assert.True(table.RootElement.GetArrayLength() > 60);
    }

    [Theory]
    [InlineData("foo", "x/foo", false)]
    [InlineData("foo", "foo/x", true)]
    [InlineData("foo", "foobar", false)]
    [InlineData("**foo", "barfoo", true)]
    [InlineData("**foo", "d/barfoo/x", true)]
    [InlineData("**foo*", "barfoo", false)]
    [InlineData("a**b", "ab", true)]
    [InlineData("a**b", "ax/b", true)]
    [InlineData("a**b", "axb", false)]
    [InlineData("a/**", "a", false)]
    [InlineData("a/**", "a/b/c", true)]
    [InlineData("a**", "abc/d", true)]
    [InlineData("x/**/y", "x/y", true)]
    [InlineData("x/**/y", "x/a/b/y/c", true)]
    [InlineData("x/**/y", "x/ay", false)]
    [InlineData("**/*.[a-c]", "d/x.y/z.b", true)]
    [InlineData("**/a?/b", "a/x/ab/c/ab/b", true)]
    [InlineData("**/a?/b", "a/x/ab/c", false)]
    [InlineData("*a*x**/b", "1ayx2x/3/b", true)]
    [InlineData("a^b", "a^b", true)]
    [InlineData("a^*", "a^b", false)]
    [InlineData("^a*", "ab", true)]
    [InlineData("[!a]", "!", true)]
    [InlineData("[!a]", "b", false)]
    [InlineData("[^a]", "b", true)]
    [InlineData("A", "a", false)]
    [InlineData("/a", "a", false)]
    [InlineData("./a//b/../c/", "a/c", true)]
    [InlineData("?", "\u00E9", true)]
    [InlineData("*", "a/b", true)]
    public void A_pattern_matches_or_not(string pattern, string path, bool expected) => Assert.Equal(expected, Ignores(path, pattern));

    [Fact]
    public void The_last_pattern_that_matches_decides()
    {
        Assert.False(Ignores("a/b", "a", "!a/b"));
        Assert.True(Ignores("a/b", "a", "!a/b", "a/*"));
        Assert.True(Ignores("a/b", "!a/b", "a"));
    }

    [Theory]
    [InlineData("a", true, "a", "!b/c")]
    [InlineData("a", false, "a", "!a/c")]
    [InlineData("a", false, "a", "!*/c")]
    [InlineData("a", false, "a", "!**/c")]
    [InlineData("a/b", true, "a", "!a/c")]
    [InlineData("a/b", true, "a", "!a/c*")]
    [InlineData("a/b", false, "a", "!a/b**")]
    [InlineData("a", false, "a", "!a/**")]
    [InlineData("b", false, "a")]
    [InlineData("", false, "**", "!*.txt")]
    [InlineData("", true, "**")]
    public void A_directory_is_passed_over_where_nothing_below_it_can_come_back(string directory, bool expected, params string[] patterns) =>
        Assert.Equal(expected, Matcher(patterns).IgnoresTree(Encoding.UTF8.GetBytes(directory)));

    [Fact]
    public void A_name_that_is_not_UTF8_matches_a_wildcard() => Assert.True(Matcher("a*c").Ignores([(byte)'a', 0xFF, (byte)'c']));

    [Fact]
    public void A_pattern_with_many_places_matches()
    {
        string name = new('x', 300);

        Assert.True(Ignores(name + "y", name + "*"));
        Assert.True(Ignores("d/" + name + "y", "**/" + string.Concat(Enumerable.Repeat("x*", 200))));
        Assert.False(Ignores(name, name + "?"));
    }

    [Fact]
    public void An_ignore_file_is_read_line_by_line()
    {
        string[] patterns = Read("\uFEFF# comment\r\n #indented\n\n  a//b/../c/ \n! /d\n/e\n!f\n.\n");

        Assert.Equal(["#indented", "a/c", "!d", "e", "!f", "."], patterns);
    }

    [Theory]
    [InlineData("!", "illegal exclusion pattern: \"!\"")]
    [InlineData("[a-", "syntax error in pattern")]
    [InlineData("a\n[]", "syntax error in pattern")]
    [InlineData("a\\", "syntax error in pattern")]
    [InlineData("[z-a]", "syntax error in pattern")]
    public void A_malformed_line_is_an_error(string text, string expected)
    {
        Diagnostic error = Assert.Throws<BuildException>(() => Read(text)).Diagnostic;

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(text.Count(c => c == '\n') + 1, error.Span?.Line);
    }

    [Fact]
    public void A_line_that_is_too_long_is_an_error() =>
        Assert.Equal(DiagnosticRules.IgnoreLineTooLong, Assert.Throws<BuildException>(() => Read(new string('a', 70_000))).Diagnostic.Rule);

    private static string[] Read(string text) =>
        [.. IgnoreFile.Parse(new SourceText(".dockerignore", text)).Select(pattern => pattern.ToString())];

    private static bool Ignores(string path, params string[] patterns) => Matcher(patterns).Ignores(Encoding.UTF8.GetBytes(path));

    private static IgnoreMatcher Matcher(params string[] patterns) =>
        new([.. patterns.Select(pattern => IgnorePattern.Parse(pattern, span: null)).OfType<IgnorePattern>()]);
}
