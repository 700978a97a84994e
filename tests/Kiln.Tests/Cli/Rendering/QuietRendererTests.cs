// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Build.Events;
using Kiln.Cli.Rendering;
using Kiln.Cli.Rendering.Workflows;
using Kiln.Tests.Registry;
using Xunit;

namespace Kiln.Tests.Cli.Rendering;

public sealed class QuietRendererTests : IDisposable
{
    private readonly MemoryStream _output = new();
    private readonly MemoryStream _error = new();

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public void A_build_that_goes_well_says_its_digest_and_nothing_else()
    {
        Show([.. SampleBuild.Events]);

        Assert.Equal((SampleBuild.Digest + "\n", ""), (Said(_output), Said(_error)));
    }

    [Fact]
    public void Of_a_build_that_fails_it_says_what_the_step_printed_that_failed()
    {
        Show(
            SampleBuild.Stage("a", 1), SampleBuild.Step("a", 1, 1, "RUN a"), SampleBuild.Stage("b", 2), SampleBuild.Step("b", 1, 1, "RUN b"),
            SampleBuild.Output("a", 1, "of a\n"), SampleBuild.Output("b", 1, "of "), SampleBuild.Output("b", 1, "b\n"),
            SampleBuild.Ended("b", 1, StepOutcome.Failed, null), SampleBuild.Ended("a", 1, StepOutcome.Stopped, null));

        Assert.Equal(("", "of b\n"), (Said(_output), Said(_error)));
    }

    [Fact]
    public void Of_very_much_the_end_is_kept()
    {
        var transcript = new Transcripts();
        for (int i = 0; i < 20; i++)
            transcript.Add(new StepOutput("s", 1, false, Enumerable.Repeat((byte)('a' + i), 1 << 20).ToArray()));

        byte[] kept = transcript.End(SampleBuild.Ended("s", 1, StepOutcome.Failed, null))!;

        Assert.StartsWith("[the first 4.0 MiB are left out]\neee", Encoding.ASCII.GetString(kept), StringComparison.Ordinal);
        Assert.EndsWith("ttt", Encoding.ASCII.GetString(kept), StringComparison.Ordinal);
    }

    private void Show(params BuildEvent[] events)
    {
        var time = new ManualTime();
        using var renderer = new QuietRenderer(
            _output, new TextRenderer(new LogStreams(_output, _error, time) { IsOne = true }, new Style(colour: false), Verbosity.Error, time, new PlainLog()));
        foreach (BuildEvent happened in events)
            renderer.Show(happened);
    }

    private static string Said(MemoryStream stream) => Encoding.UTF8.GetString(stream.ToArray());
}
