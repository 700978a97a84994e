// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using Kiln.Build.Events;
using Kiln.Cli.Rendering;
using Kiln.Cli.Rendering.Streams;
using Kiln.Diagnostics;
using Kiln.Tests.Registry;
using Xunit;

namespace Kiln.Tests.Cli.Rendering;

public sealed class JsonLogTests : IDisposable
{
    private readonly MemoryStream _error = new();

    public void Dispose() => _error.Dispose();

    [Fact]
    public void Every_line_has_what_logrus_writes()
    {
        Show([.. SampleBuild.Events]);

        Assert.All(Lines(), line =>
        {
            Assert.Matches("^(info|warning|error)$", line.GetProperty("level").GetString());
            Assert.Equal("2026-01-02T03:04:05Z", line.GetProperty("time").GetString());
            Assert.NotEqual("", line.GetProperty("msg").GetString());
        });
        Assert.Equal("error", Lines()[^1].GetProperty("level").GetString());
        Assert.Equal(("KILN4010", "Dockerfile", 2), (Lines()[^1].GetProperty("code").GetString(), Lines()[^1].GetProperty("file").GetString(), Lines()[^1].GetProperty("line").GetInt32()));
        Assert.Contains(Lines(), line => line.GetProperty("msg").GetString() == "done: registry.example.com/app:1" && line.GetProperty("digest").GetString() == SampleBuild.Digest);
    }

    [Fact]
    public void What_a_step_prints_is_in_it_line_by_line()
    {
        Show(SampleBuild.Stage("s", 1), SampleBuild.Step("s", 1, 1, "RUN x"), SampleBuild.Output("s", 1, "o"), SampleBuild.Output("s", 1, "ne\ntwo"), SampleBuild.Ended("s", 1, StepOutcome.Built, 1));

        JsonElement[] printed = [.. Lines().Where(line => line.TryGetProperty("stream", out _))];
        Assert.Equal(["one", "two"], printed.Select(line => line.GetProperty("msg").GetString()));
        Assert.All(printed, line => Assert.Equal(("stdout", "s", 1), (line.GetProperty("stream").GetString(), line.GetProperty("stage").GetString(), line.GetProperty("step").GetInt32())));
    }

    private void Show(params BuildEvent[] events)
    {
        using var renderer = new JsonLogRenderer(_error, Verbosity.Info, new ManualTime { Start = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero) });
        foreach (BuildEvent happened in events)
            renderer.Show(happened);
        renderer.Fail([DiagnosticRules.StepFailed.At(SampleBuild.Source.SpanOfLine(2), "no")]);
    }

    private JsonElement[] Lines() => [.. Encoding.UTF8.GetString(_error.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
}
