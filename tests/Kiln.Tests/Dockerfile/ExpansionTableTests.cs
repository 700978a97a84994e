// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Expansion;
using Kiln.Tests.ArchitectureRules;
using Xunit;

namespace Kiln.Tests.Dockerfile;

/// <summary>Expansion against the table `Expansion.tsv`, which people can read.</summary>
public sealed class ExpansionTableTests
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["A"] = "foo.bar.baz",
        ["B"] = "",
        ["P"] = "/usr/local/bin",
        ["S"] = "two  words",
        ["Q"] = "it's \"q\"",
        ["D"] = "$A",
        ["K"] = "\uD55C\uAD6D\uC5B4",
        ["T"] = "*",
        ["L"] = "a/b",
    };

    private static string[][] Rows { get; } =
    [
        .. Checkout.Lines("tests/Kiln.Tests/Dockerfile/Expansion.tsv")
            .Where(line => line.Length > 0 && !line.StartsWith('#'))
            .Select(line => line.Split('\t')),
    ];

    [Fact]
    public void Every_word_expands_as_the_table_says() => Assert.All(Rows, row => Assert.Equal(row[2], Expand(row[0], row[1])));

    [Fact]
    public void The_table_has_every_kind_of_row_and_none_twice()
    {
        Assert.True(Rows.Length >= 300, $"{Rows.Length} rows");
        Assert.All(Rows, row => Assert.Equal(3, row.Length));
        Assert.Equal(["backtick", "heredoc", "word", "words"], Rows.Select(row => row[0]).Distinct().Order());
        Assert.Distinct(Rows.Select(row => (row[0], row[1])));
    }

    private static string Expand(string kind, string cell)
    {
        string word = cell.Replace('\u23CE', '\n');
        var expander = new WordExpander(kind == "backtick" ? '`' : '\\');
        try
        {
            string text = kind switch
            {
                "heredoc" => expander.ExpandHeredocBody(word, Variables.GetValueOrDefault, span: null).Text,
                "words" => string.Join('\u00B7', expander.ExpandWords(word, Variables.GetValueOrDefault, span: null)),
                _ => expander.Expand(word, Variables.GetValueOrDefault, span: null).Text,
            };
            return text.Length == 0 ? "(nothing)" : text.Replace('\n', '\u23CE');
        }
        catch (BuildException error)
        {
            return error.Message.Replace($"failed to process \"{word}\": ", "error: ", StringComparison.Ordinal);
        }
    }
}
