// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Kiln.Cli.Commands;
using Kiln.Cli.Flags;
using Kiln.Cli.Rendering.Reports;
using Kiln.Cli.Start;
using Kiln.Diagnostics;
using Xunit;

namespace Kiln.Tests.Cli;

/// <summary>`kiln lint` from its command line to its reports.</summary>
public sealed class LintCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kiln-lint").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Files_and_flags_stand_in_any_order()
    {
        (BuildArguments arguments, IReadOnlyList<string> files) = Read("a", "--error", "--format=sarif", "b", "--context", "dir");

        Assert.Equal((true, "sarif", "dir"), (arguments.FindingsAreErrors, arguments.LintFormat, arguments.Context));
        Assert.Equal(["a", "b"], files);
    }

    [Fact]
    public void The_context_is_the_working_directory() => Assert.Equal(".", Read().Arguments.Context);

    [Fact]
    public void A_misspelt_flag_is_held_against_those_of_the_command()
    {
        Diagnostic refusal = Assert.Throws<BuildException>(() => Read("--fromat", "json")).Diagnostic;

        Assert.Equal(("there is no flag `--fromat`", "did you mean `--format`?"), (refusal.Message, refusal.Hint));
        Assert.Equal("`kiln lint --help` lists all flags", Assert.Throws<BuildException>(() => Read("--destination", "a")).Diagnostic.Hint);
    }

    [Fact]
    public void Every_file_has_a_report_also_one_that_is_broken_or_missing()
    {
        Write("good", "FROM scratch");
        Write("bad", "FROM scratch\nRUNN\nCOPY --form=a b c");
        Write("odd", "FROM scratch\nCMD x\nEXPOSE http");

        IReadOnlyList<LintReport> reports = Check("good", "bad", "missing", "odd");

        Assert.Equal(["", "KILN1007 KILN1010", "KILN2003", "KILN1508"], reports.Select(report => string.Join(' ', report.Errors.Select(error => error.Rule.Code))));
        Assert.Equal("JSONArgsRecommended", Assert.Single(reports[3].Findings).Rule.Name);
    }

    [Fact]
    public void The_ignore_file_of_the_context_is_heeded_and_one_of_the_Dockerfile_s_own_before_it()
    {
        Write(".dockerignore", "a");
        Write("Dockerfile", "FROM scratch\nCOPY a b /");
        Write("other.Dockerfile", "FROM scratch\nCOPY a b /");
        Write("other.Dockerfile.dockerignore", "b");

        IReadOnlyList<LintReport> reports = Check("Dockerfile", "other.Dockerfile");

        Assert.Equal(["a", "b"], reports.SelectMany(report => report.Findings).Select(finding => finding.Span.Text));
    }

    [Fact]
    public void A_target_leaves_the_values_of_other_stages_alone()
    {
        Write("Dockerfile", "FROM scratch AS a\nCMD x\nFROM scratch AS b\nCMD x");

        Assert.Equal(2, Assert.Single(Check("--target", "a", "Dockerfile")).Findings[0].Span.Line);
        Assert.Single(Assert.Single(Check("--target", "a", "Dockerfile")).Findings);
    }

    [Fact]
    public void The_context_has_to_be_there() =>
        Assert.Equal("KILN2001", Assert.Throws<BuildException>(() => new LintRun(new BuildArguments { Context = "/no/such" }, new Dictionary<string, string>())).Diagnostic.Rule.Code);

    private IReadOnlyList<LintReport> Check(params string[] words)
    {
        (BuildArguments arguments, IReadOnlyList<string> files) = Read(["--context", _directory, .. words]);
        return new LintRun(arguments, new Dictionary<string, string>()).Check(files);
    }

    private static (BuildArguments Arguments, IReadOnlyList<string> Files) Read(params string[] words)
    {
        (BuildArguments, IReadOnlyList<string>)? read = null;
        var root = new RootCommand
        {
            LintCommand.Create(
                (arguments, files) =>
                {
                    read = (arguments, files);
                    return 0;
                },
                new Dictionary<string, string>()),
        };
        ParseResult parsed = root.Parse(FlagOptions.SpellOut(["lint", .. words]), new ParserConfiguration { ResponseFileTokenReplacer = null });
        UsageErrors.Check(parsed);
        parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        return read!.Value;
    }

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_directory, name), content);
}
