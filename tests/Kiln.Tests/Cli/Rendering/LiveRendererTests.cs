// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Build.Events;
using Kiln.Cli.Rendering;
using Kiln.Cli.Rendering.Live;
using Kiln.Diagnostics;
using Kiln.Linux.Terminals;
using Kiln.Tests.Registry;
using Xunit;

namespace Kiln.Tests.Cli.Rendering;

public sealed class LiveRendererTests : IDisposable
{
    private readonly MemoryStream _terminal = new();
    private readonly ManualTime _time = new() { Start = DateTimeOffset.UnixEpoch };
    private TerminalSize? _size = new(60, 20);

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public void What_is_under_way_stands_below_what_is_over()
    {
        using LiveRenderer renderer = Open();
        Show(
            renderer, SampleBuild.Stage("a", 1), SampleBuild.Step("a", 1, 2, "RUN make all"), SampleBuild.Output("a", 1, "one\ntwo\e[31m red\e[0m\n10%\r20%"),
            SampleBuild.Stage("b", 2), SampleBuild.Step("b", 1, 1, "COPY x y"), new TransfersMoved(new TransferState(0, 3 << 20, 0, 0)));
        _time.Advance(TimeSpan.FromSeconds(2));
        Show(renderer, new TransfersMoved(new TransferState(1 << 20, 3 << 20, 0, 0)));
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(
            """
            [1/2] a: FROM base AS a
            [2/2] b: FROM base AS b
              [a] 1/2 RUN make all                                  2 s
                | one
                | two red
                | 20%
              [b] 1/1 COPY x y                                      2 s
              fetched 1.0 MiB of 3.0 MiB, 487.6 KiB/s
              2 s
            """,
            Screen.Of(_terminal).Text);
        Assert.False(Screen.Of(_terminal).CursorIsVisible);
    }

    [Fact]
    public void In_the_end_only_what_is_over_is_left_and_the_cursor_is_back()
    {
        using (LiveRenderer renderer = Open())
            foreach (BuildEvent happened in SampleBuild.Events)
            {
                renderer.Show(happened);
                _time.Advance(TimeSpan.FromSeconds(0.1));
            }

        Screen screen = Screen.Of(_terminal);
        Assert.Equal(
            $"""
              isolation: namespaces
            Dockerfile:2: warning: take care
            Dockerfile:1:1: warning: StageNameCasing: Stage name 'Build' should be lowercase (line 1)
              see https://docs.docker.com/go/dockerfile/rule/stage-name-casing/
            [1/2] build: FROM base AS build
            [2/2] stage-1: FROM base AS stage-1
              [build] 1/1 RUN make  1.5 s, layer of 1000 B
              [stage-1] 1/2 COPY --from=build  cached, layer of 2.0 KiB
              2/2 ENV A=b
              step                        time    layer
              build 1/1    RUN make      1.5 s   1000 B  built
              stage-1 1/2  COPY --fr...  1.5 s  2.0 KiB  cached in oci:/cache
              all in 12.3 s, fetched 3.0 MiB, sent 7.0 KiB
            done: registry.example.com/app:1
                  {SampleBuild.Digest}
            """,
            screen.Text);
        Assert.True(screen is { CursorIsVisible: true, Wraps: true });
    }

    [Fact]
    public void Of_a_step_that_fails_all_is_shown_that_it_printed()
    {
        string printed = string.Concat(Enumerable.Range(1, 100).Select(i => $"line {i}\n")) + "no end";
        using (LiveRenderer renderer = Open())
        {
            Show(renderer, SampleBuild.Stage("a", 1), SampleBuild.Step("a", 1, 1, "RUN make"), SampleBuild.Output("a", 1, printed));
            _time.Advance(TimeSpan.FromSeconds(1));
            Show(renderer, SampleBuild.Ended("a", 1, StepOutcome.Failed, null));
            renderer.Fail([DiagnosticRules.StepFailed.At(null, "it failed")]);
        }

        Screen screen = Screen.Of(_terminal);
        Assert.StartsWith($"[1/2] a: FROM base AS a\n  1/1 RUN make  failed after 1.5 s\n{printed}\nerror KILN4010: it failed\n", screen.Text, StringComparison.Ordinal);
        Assert.True(screen.CursorIsVisible);
    }

    [Fact]
    public void What_a_Dockerfile_or_a_step_has_of_control_characters_moves_nothing()
    {
        using (LiveRenderer renderer = Open())
        {
            Show(renderer, SampleBuild.Stage("a", 1), SampleBuild.Step("a", 1, 1, "RUN \e[2J\u009B5A\amake"), SampleBuild.Output("a", 1, "x\e[?25l"), new Progress("\e[9Aslow"));
            _time.Advance(TimeSpan.FromSeconds(0.1));
            // All that it printed is shown as it is, and it hid the cursor.
            Show(renderer, SampleBuild.Ended("a", 1, StepOutcome.Failed, null));
        }

        Screen screen = Screen.Of(_terminal);
        Assert.Equal("[1/2] a: FROM base AS a\n  1/1 RUN \uFFFD[2J\uFFFD5A\uFFFDmake  failed after 1.5 s\nx", screen.Text);
        Assert.True(screen.CursorIsVisible);
    }

    [Theory]
    [InlineData(20, 5)]
    [InlineData(1, 1)]
    [InlineData(200, 3)]
    public void It_fits_any_terminal(int columns, int rows)
    {
        _size = new TerminalSize(columns, rows);
        using LiveRenderer renderer = Open();
        BuildEvent[] begun = [.. Enumerable.Range(1, 30).SelectMany(i => new BuildEvent[]
        {
            SampleBuild.Stage($"s{i}", i), SampleBuild.Step($"s{i}", 1, 1, "RUN " + new string('\u6F22', 300)), SampleBuild.Output($"s{i}", 1, new string('\u6F22', 300) + "\n"),
        })];
        Show(renderer, begun);
        _terminal.SetLength(0);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        string frame = Encoding.UTF8.GetString(_terminal.ToArray());
        Assert.InRange(frame.Count(c => c == '\n'), 1, Math.Max(1, rows - 1));
        Assert.All(Screen.Of(_terminal).Text.Split('\n'), line => Assert.InRange(Cells.Count(line), 0, Math.Max(0, columns - 1)));
    }

    [Fact]
    public void A_terminal_that_became_narrower_has_broken_lines_which_go_too()
    {
        using LiveRenderer renderer = Open();
        Show(renderer, SampleBuild.Stage("a", 1), SampleBuild.Step("a", 1, 1, "RUN " + new string('x', 90)));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        _terminal.SetLength(0);
        _size = new TerminalSize(30, 20);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        // The heading of 59 columns takes two rows now, the time one.
        Assert.StartsWith("\r\e[3A\e[J", Encoding.UTF8.GetString(_terminal.ToArray()), StringComparison.Ordinal);
    }

    private LiveRenderer Open() => new(_terminal, () => _size, new Style(colour: true), Verbosity.Info, _time);

    private static void Show(LiveRenderer renderer, params BuildEvent[] events)
    {
        foreach (BuildEvent happened in events)
            renderer.Show(happened);
    }
}
