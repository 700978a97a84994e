// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.RegularExpressions;
using Kiln.Build.Events;
using Kiln.Cli.Rendering;
using Kiln.Cli.Rendering.Workflows;
using Kiln.Diagnostics;
using Kiln.Tests.Registry;
using Xunit;

namespace Kiln.Tests.Cli.Rendering;

/// <summary>Logs that GitHub and GitLab fold; and GitHub takes some lines for commands.</summary>
public sealed partial class WorkflowTests : IDisposable
{
    private const string Hostile = "::add-path::/evil\n  ::set-env name=A::b\nharmless ##[add-mask]x\n::endgroup::\n::stop-commands::mine\n::word-1::x\nend";

    private readonly MemoryStream _error = new();
    private readonly ManualTime _time = new() { Start = DateTimeOffset.UnixEpoch };

    public void Dispose() => _error.Dispose();

    [Fact]
    public void A_step_is_a_group_and_what_it_prints_is_no_command()
    {
        GitHubRunner runner = Read(
            SampleBuild.Stage("s", 1), SampleBuild.Step("s", 1, 2, "RUN make"), SampleBuild.Output("s", 1, Hostile), SampleBuild.Ended("s", 1, StepOutcome.Built, 9),
            SampleBuild.Step("s", 2, 2, "COPY a b"), SampleBuild.Ended("s", 2, StepOutcome.Built, 9), new StageEnded("s"));

        Assert.Equal(["group   1/2 RUN make", "endgroup"], runner.Commands);
        Assert.Equal(Hostile.Split('\n'), runner.Lines.Where(line => line.Groups == 1).Select(line => line.Line));
        Assert.Contains((0, "      1.5 s, layer of 9 B"), runner.Lines);
        Assert.Contains((0, "  2/2 COPY a b"), runner.Lines);
    }

    [Fact]
    public void What_is_quoted_of_a_Dockerfile_is_no_command_either()
    {
        var source = new SourceText("Dockerfile", "RUN echo '##[add-path]/evil' \\\n::add-path::/evil\n");
        var span = new SourceSpan(source, 0, source.Text.Length - 1);
        GitHubRunner runner = Read(
            [
                SampleBuild.Stage("s", 1), SampleBuild.Step("s", 1, 1, "COPY ##[add-path]/evil"), SampleBuild.Ended("s", 1, StepOutcome.Failed, null), new StageEnded("s"),
                new Notice(NoticeLevel.Warning, "first\n::add-path::/evil", span), new ImagePublished("##[add-path]/evil", SampleBuild.Digest),
            ],
            [DiagnosticRules.StepFailed.At(span, "said\n::add-path::/evil\n  ::add-path::/evil")]);

        Assert.Equal(["warning first%0A::add-path::/evil", "error said%0A::add-path::/evil%0A  ::add-path::/evil"], runner.Commands);
    }

    [Fact]
    public void Where_stages_mix_nothing_is_nested_and_no_line_is_in_a_group_of_another_stage()
    {
        GitHubRunner runner = Read(
            SampleBuild.Stage("a", 1), SampleBuild.Step("a", 1, 1, "RUN a"), SampleBuild.Output("a", 1, "a1\n"),
            SampleBuild.Stage("b", 2), SampleBuild.Step("b", 1, 1, "RUN b"), SampleBuild.Output("a", 1, "::add-path::/evil\n"), SampleBuild.Output("b", 1, "b1\n"),
            SampleBuild.Ended("a", 1, StepOutcome.Built, 1), new StageEnded("a"), SampleBuild.Ended("b", 1, StepOutcome.Built, 1), new StageEnded("b"));

        Assert.Equal(["group   1/1 RUN a", "endgroup", "group   [b] 1/1 RUN b", "endgroup"], runner.Commands);
        Assert.All(runner.Lines, line => Assert.InRange(line.Groups, 0, 1));
        Assert.Equal(["a1"], runner.Lines.Where(line => line.Groups == 1).Select(line => line.Line));
    }

    [Fact]
    public void A_step_that_fails_leaves_no_group_open_and_its_error_beside_the_line()
    {
        GitHubRunner runner = Read(
            [SampleBuild.Stage("s", 1), SampleBuild.Step("s", 1, 1, "RUN x"), SampleBuild.Output("s", 1, "::add-path::/evil"), SampleBuild.Ended("s", 1, StepOutcome.Failed, null), new StageEnded("s")],
            [DiagnosticRules.StepFailed.At(SampleBuild.Source.SpanOfLine(2), "100% wrong")]);

        Assert.Equal(["group   1/1 RUN x", "endgroup", "error 100%25 wrong"], runner.Commands);
        Assert.Contains("::error file=app/Dockerfile,line=2,endLine=2,col=1,title=KILN4010::100%25 wrong\n", Said(), StringComparison.Ordinal);
    }

    [Fact]
    public void No_word_that_ends_an_interruption_can_be_guessed_or_comes_twice()
    {
        var log = new GitHubLog("/src");
        string[] words = [.. Enumerable.Range(0, 20).Select(_ => log.BeforeOutput() + log.AfterOutput())];

        Assert.All(words, word => Assert.Matches("^::stop-commands::([0-9a-f]{32})\n::\\1::\n$", word));
        Assert.Equal(20, words.Distinct().Count());
    }

    [Fact]
    public void GitLab_gets_sections_that_begin_and_end_and_never_nest()
    {
        Show(new GitLabLog(), [.. SampleBuild.Events, SampleBuild.Stage("c", 3), SampleBuild.Step("c", 1, 1, "RUN c")], []);

        MatchCollection marks = Section().Matches(Said());
        Assert.Equal(["start 1", "end 1", "start 2", "end 2"], marks.Select(mark => $"{mark.Groups[1].Value} {mark.Groups[2].Value}"));
        Assert.Contains("\e[0Ksection_start:0:kiln_step_1\r\e[0K  1/1 RUN make\n", Said(), StringComparison.Ordinal);
        Assert.Contains("\n[build] made\n", Said(), StringComparison.Ordinal);
    }

    private GitHubRunner Read(params BuildEvent[] events) => Read(events, []);

    private GitHubRunner Read(BuildEvent[] events, Diagnostic[] errors)
    {
        int words = 0;
        Show(new GitHubLog("/src", () => $"word-{++words}-{Guid.NewGuid()}"), events, errors);
        GitHubRunner runner = GitHubRunner.Read(Said());
        Assert.Equal((0, false), (runner.Groups, runner.IsStopped));
        return runner;
    }

    private void Show(IWorkflowLog log, BuildEvent[] events, Diagnostic[] errors)
    {
        // What a step prints comes on the same stream: GitHub reads the two in no order.
        using var renderer = new TextRenderer(new LogStreams(Stream.Null, _error, _time) { IsOne = log.ReadsBothStreams }, new Style(colour: false), Verbosity.Info, _time, log);
        foreach (BuildEvent happened in events)
            renderer.Show(happened);
        if (errors.Length > 0)
            renderer.Fail(errors);
    }

    private string Said() => Encoding.UTF8.GetString(_error.ToArray());

    [GeneratedRegex(@"section_(start|end):0:kiln_step_(\d)\r")]
    private static partial Regex Section();
}
