// SPDX-License-Identifier: Apache-2.0
using Kiln.Cli.Rendering;
using Kiln.Cli.Rendering.Reports;
using Kiln.Cli.Rendering.Reports.Sarif;
using Kiln.Diagnostics;
using Kiln.Tests.ArchitectureRules;
using Kiln.Tests.Lint;
using Xunit;

namespace Kiln.Tests.Cli;

/// <summary>What `kiln lint` writes, held against `Golden/lint.*`. `KILN_UPDATE_GOLDEN=1` writes the files anew, to be read before they are kept.</summary>
public sealed class LintFormatTests
{
    private const string Dockerfile = """
        ARG BASE
        from somewhere AS Build
        ENV PATH $PAHT:/bin
        COPY \

          a "b\u00e4" /
        FROM scratch
        ARG API_TOKEN
        CMD run me
        """;

    private static readonly IReadOnlyList<LintReport> Reports =
    [
        new("services/my app/Dockerfile", Lints.FindWithoutImages(Dockerfile.Replace("\\u00e4", "\u00e4", StringComparison.Ordinal)), []),
        new("strict.Dockerfile", Lints.Find("# check=error=true\nFROM scratch\nMAINTAINER \"me\" <me@example.org>"), []) { FindingsAreErrors = true },
        new("/abs/b\u00e4d/Dockerfile", [], [Kiln.Tests.Dockerfile.Source.Error("FROM a\nRUNN x")]),
        new("gone", [], [DiagnosticRules.DockerfileNotFound.At(null, "there is no `gone`")]),
    ];

    [Fact]
    public void Text_shows_the_lines() => Check("lint.txt", new TextLintFormat(new Style(colour: false)).Write(Reports));

    [Fact]
    public void Json_is_flat() => Check("lint.json", new JsonLintFormat().Write(Reports));

    [Fact]
    public void Sarif_describes_all_rules() => Check("lint.sarif", new SarifLintFormat("1.2.3").Write(Reports));

    [Fact]
    public void Control_characters_of_a_Dockerfile_reach_neither_the_terminal_nor_a_document()
    {
        IReadOnlyList<LintReport> reports = [new("Dockerfile", Lints.Find("FROM scratch\nWORKDIR \e[2J\u0007"), [])];

        foreach (ILintFormat format in (ILintFormat[])[new TextLintFormat(new Style(colour: false)), new JsonLintFormat(), new SarifLintFormat("1")])
            Assert.DoesNotContain(format.Write(reports), c => char.IsControl(c) && c != '\n');
    }

    [Fact]
    public void Nothing_is_counted_where_nothing_could_be_looked_at() => Assert.Equal("", LintSummary.Write([Reports[2], Reports[3]]));

    [Theory]
    [InlineData("FROM scratch", "no findings in `Dockerfile`\n")]
    [InlineData("FROM scratch\nCMD a", "1 finding in `Dockerfile`\n")]
    [InlineData("FROM unseen\nCMD a\nENV A=$B", "2 findings in `Dockerfile`\nhint: base images were not looked at; `kiln build --check` does that\n")]
    public void The_summary_counts(string dockerfile, string expected) =>
        Assert.Equal(expected, LintSummary.Write([new LintReport("Dockerfile", Lints.FindWithoutImages(dockerfile), [])]));

    private static void Check(string name, string actual)
    {
        string path = Checkout.Full($"tests/Kiln.Tests/Cli/Golden/{name}");
        if (Environment.GetEnvironmentVariable("KILN_UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, actual);
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
