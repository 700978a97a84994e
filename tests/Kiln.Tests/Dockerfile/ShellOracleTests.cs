// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Expansion;
using Xunit;

namespace Kiln.Tests.Dockerfile;

/// <summary>The tables of BuildKit's own lexer.</summary>
public sealed class ShellOracleTests
{
    [Theory]
    [InlineData("U", StringComparison.Ordinal)]
    [InlineData("W", StringComparison.OrdinalIgnoreCase)]
    public void Every_word_expands_as_in_the_table(string platform, StringComparison comparison)
    {
        (string Name, string Value)[] environment = [("PWD", "/home"), ("SHELL", "bash"), ("KOREAN", "\uD55C\uAD6D\uC5B4"), ("NULL", "")];
        string? Lookup(string name) => environment.FirstOrDefault(entry => entry.Name.Equals(name, comparison)).Value;

        int rows = 0;
        foreach (string line in File.ReadLines(SharedFiles.Require("oracles/shell/envVarTest")))
        {
            if (line.Split('|') is not [var platforms, var word, var expected] || line.StartsWith('#') || platforms.Trim() is not "A" && platforms.Trim() != platform)
                continue;
            rows++;
            Assert.Equal($"{word.Trim()} = {expected.Trim()}", $"{word.Trim()} = {Expand(word.Trim(), Lookup)}");
        }
        Assert.True(rows > 200);
    }

    [Fact]
    public void Every_text_is_cut_into_words_as_in_the_table()
    {
        var environment = new Dictionary<string, string>();
        int rows = 0;
        foreach (string line in File.ReadLines(SharedFiles.Require("oracles/shell/wordsTest")))
        {
            if (line.StartsWith("ENV ", StringComparison.Ordinal))
            {
                string[] pair = line[4..].TrimStart().Split('=', 2);
                environment[pair[0]] = pair[1];
            }
            else if (!line.StartsWith('#') && line.Split('|') is [var input, var expected])
            {
                rows++;
                string word = input.TrimEnd();
                Assert.Equal($"{word} = {expected.TrimStart()}", $"{word} = {ExpandWords(word, environment.GetValueOrDefault)}");
            }
        }
        Assert.True(rows > 20);
    }

    private static string Expand(string word, VariableLookup lookup)
    {
        try
        {
            return new WordExpander('\\').Expand(word, lookup, span: null).Text;
        }
        catch (BuildException)
        {
            return "error";
        }
    }

    private static string ExpandWords(string word, VariableLookup lookup)
    {
        try
        {
            return string.Join(',', new WordExpander('\\').ExpandWords(word, lookup, span: null));
        }
        catch (BuildException)
        {
            return "error";
        }
    }
}
