// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.RegularExpressions;
using Kiln.Diagnostics;
using Xunit;

namespace Kiln.Tests.Dockerfile;

/// <summary>The Dockerfiles that Docker built, or refused to.</summary>
public sealed class ConformanceCaseTests
{
    [Fact]
    public void What_Docker_built_is_parsed()
    {
        string[] cases = Directory.GetFiles(SharedFiles.Require("conformance/cases"), "*.case");
        foreach (string path in cases.Where(path => !Path.GetFileName(path).StartsWith("err-", StringComparison.Ordinal)))
            if (FileOf(path, "Dockerfile") is { Length: > 0 } text)
                Assert.Equal((path, null), (path, ErrorOf(text)));
        Assert.True(cases.Length > 300);
    }

    [Fact]
    public void What_Docker_refused_is_refused_with_its_words()
    {
        int refused = 0;
        foreach (string path in Directory.GetFiles(SharedFiles.Require("conformance/cases"), "err-*.case"))
        {
            string expected = JsonDocument.Parse(FileOf(path, "case.json")).RootElement.GetProperty("error").GetString()!;
            if (ErrorOf(FileOf(path, "Dockerfile")) is not { } error)
                continue;
            refused++;
            Assert.Matches(new Regex(expected, RegexOptions.IgnoreCase), error);
        }
        Assert.True(refused >= 25, $"{refused} were refused by the parser");
    }

    private static string? ErrorOf(string text)
    {
        try
        {
            Source.Parse(text);
            return null;
        }
        catch (BuildException error)
        {
            return $"line {error.Diagnostic.Span?.Line}: {error.Message}";
        }
    }

    private static string FileOf(string path, string name)
    {
        string text = "\n" + File.ReadAllText(path);
        int start = text.IndexOf($"\n-- {name} --\n", StringComparison.Ordinal);
        if (start < 0)
            return "";
        start += name.Length + 8;
        int end = Regex.Match(text[start..], "^-- [^\n]+ --$", RegexOptions.Multiline) is { Success: true } next ? start + next.Index : text.Length;
        return text[start..end];
    }
}
