// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Build.Events;
using Kiln.Cli.Rendering;
using Kiln.Cli.Rendering.Workflows;
using Kiln.Tests.Registry;
using Xunit;

namespace Kiln.Tests.Cli.Rendering;

public sealed class TextRendererTests : IDisposable
{
    private readonly MemoryStream _output = new();
    private readonly MemoryStream _error = new();
    private readonly ManualTime _time = new() { Start = DateTimeOffset.UnixEpoch };
    private TextRenderer? _renderer;

    public void Dispose() => _renderer?.Dispose();

    [Fact]
    public void A_build_ends_with_a_table_and_then_with_its_places()
    {
        Show(Open(), [.. SampleBuild.Events]);

        Assert.EndsWith(
            $"""
              step                                   time    layer
              build 1/1    RUN make                 1.5 s   1000 B  built
              stage-1 1/2  COPY --from=build /a /a  1.5 s  2.0 KiB  cached in oci:/cache
              all in 12.3 s, fetched 3.0 MiB, sent 7.0 KiB
            done: registry.example.com/app:1
                  {SampleBuild.Digest}

            """,
            Said(_error),
            StringComparison.Ordinal);
        Assert.Equal("[build] made\n", Said(_output));
    }

    [Fact]
    public void A_build_of_one_step_has_no_table()
    {
        Show(Open(), SampleBuild.Stage("s", 1), SampleBuild.Step("s", 1, 1, "RUN x"), SampleBuild.Ended("s", 1, StepOutcome.Built, 1), new StageEnded("s"), new BuildEnded(SampleBuild.Digest, default, default));

        Assert.DoesNotContain("all in", Said(_error), StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_that_began_beside_another_stage_says_whose_it_is_when_it_ends_alone()
    {
        Show(
            Open(), SampleBuild.Stage("a", 1), SampleBuild.Step("a", 1, 1, "RUN a"), SampleBuild.Stage("b", 2), SampleBuild.Step("b", 1, 2, "COPY --from=a /a /a"),
            SampleBuild.Ended("a", 1, StepOutcome.Cached, 1), new StageEnded("a"), SampleBuild.Ended("b", 1, StepOutcome.Built, 2),
            SampleBuild.Step("b", 2, 2, "RUN b"), SampleBuild.Ended("b", 2, StepOutcome.Built, 3), new StageEnded("b"));

        Assert.Equal(
            """
            [1/2] a: FROM base AS a
              1/1 RUN a
            [2/2] b: FROM base AS b
              [b] 1/2 COPY --from=a /a /a
                  [a] cached, layer of 1 B
                  [b] 1.5 s, layer of 2 B
              2/2 RUN b
                  1.5 s, layer of 3 B

            """,
            Said(_error));
    }

    [Fact]
    public void Ten_seconds_of_silence_are_broken_by_what_is_under_way()
    {
        TextRenderer renderer = Open();
        Show(renderer, SampleBuild.Stage("s", 1), SampleBuild.Step("s", 1, 3, "RUN make all"), new TransfersMoved(new TransferState(1 << 20, 3 << 20, 0, 0)));
        Forget();

        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("", Said(_error));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("  still at work: 1/3 RUN make all, 10 s; fetched 1.0 MiB of 3.0 MiB\n", Said(_error));
        Forget();
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("  still at work: 1/3 RUN make all, 20 s; fetched 1.0 MiB of 3.0 MiB\n", Said(_error));
    }

    [Fact]
    public void What_a_step_prints_is_no_silence()
    {
        TextRenderer renderer = Open();
        Show(renderer, SampleBuild.Stage("s", 1), SampleBuild.Step("s", 1, 1, "RUN make"));
        _time.Advance(TimeSpan.FromSeconds(9));
        Show(renderer, SampleBuild.Output("s", 1, "dot"));
        Forget();

        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("", Said(_error));
        _time.Advance(TimeSpan.FromSeconds(1));

        // The line of the step is ended first.
        Assert.Equal("\n  still at work: 1/1 RUN make, 19 s\n", Said(_error));
    }

    [Fact]
    public void Nothing_is_said_of_silence_where_nothing_is_known_to_be_under_way_or_nobody_wants_to_know()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        Open();
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("", Said(_error));

        Show(Open(Verbosity.Warning), new Progress("resolving base"));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("", Said(_error));

        Show(Open(), new Progress("resolving base"));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.EndsWith("  still at work: resolving base, 30 s\n", Said(_error), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_line_has_the_time_where_that_is_wanted_but_what_steps_print()
    {
        Show(Open(hasTimes: true), SampleBuild.Stage("s", 1), SampleBuild.Output("s", 1, "printed\n"), new ImagePublished("there", SampleBuild.Digest));

        Assert.Equal(
            $"1970-01-01T00:00:00Z [1/2] s: FROM base AS s\n1970-01-01T00:00:00Z done: there\n1970-01-01T00:00:00Z       {SampleBuild.Digest}\n", Said(_error));
        Assert.Equal("printed\n", Said(_output));
    }

    private TextRenderer Open(Verbosity verbosity = Verbosity.Info, bool hasTimes = false)
    {
        _renderer?.Dispose();
        return _renderer = new TextRenderer(new LogStreams(_output, _error, _time) { HasTimes = hasTimes }, new Style(colour: false), verbosity, _time, new PlainLog());
    }

    private static void Show(TextRenderer renderer, params BuildEvent[] events)
    {
        foreach (BuildEvent happened in events)
            renderer.Show(happened);
    }

    private void Forget() => _error.SetLength(0);

    private static string Said(MemoryStream stream) => Encoding.UTF8.GetString(stream.ToArray());
}
