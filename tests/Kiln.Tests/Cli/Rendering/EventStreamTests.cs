// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using Kiln.Build.Events;
using Kiln.Cli.Rendering;
using Kiln.Cli.Rendering.Streams;
using Kiln.Cli.Rendering.Workflows;
using Kiln.Diagnostics;
using Kiln.Tests.ArchitectureRules;
using Kiln.Tests.Registry;
using Xunit;

namespace Kiln.Tests.Cli.Rendering;

/// <summary>`--progress=rawjson` is what docs/reference/events.schema.json says.</summary>
public sealed class EventStreamTests : IDisposable
{
    private static readonly EventSchema Schema = EventSchema.Read(Checkout.Root);

    private readonly MemoryStream _output = new();
    private readonly MemoryStream _error = new();
    private readonly ManualTime _time = new() { Start = DateTimeOffset.UnixEpoch };

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public void Every_kind_of_line_is_in_the_schema_and_every_kind_of_the_schema_comes()
    {
        using (EventStreamRenderer renderer = Open())
        {
            foreach (BuildEvent happened in SampleBuild.Events)
                renderer.Show(happened);
            renderer.Fail([DiagnosticRules.StepFailed.At(SampleBuild.Source.SpanOfLine(2), "no")]);
        }

        Assert.All(Lines(), line => Assert.Null(Schema.FindFault(line)));
        Assert.Equal(Schema.Kinds.Order(), Lines().Select(KindOf).Distinct().Order());
        Assert.Equal(("begin", "end"), (KindOf(Lines()[0]), KindOf(Lines()[^1])));
    }

    [Theory]
    [InlineData("""{"type":"stage-end","stage":"a"}""", "no `time`")]
    [InlineData("""{"type":"stage-end","time":"1970-01-01T00:00:00.000Z","stage":1}""", "stage-end.stage is no string")]
    [InlineData("""{"type":"stage-end","time":"1970-01-01","stage":"a"}""", "stage-end.time is")]
    [InlineData("""{"type":"stage-end","time":"1970-01-01T00:00:00.000Z","stage":"a","more":1}""", "has `more`")]
    [InlineData("""{"type":"output","time":"1970-01-01T00:00:00.000Z","stage":"a","step":1,"stream":"stdout"}""", "not one of them")]
    [InlineData("""{"type":"nonsense"}""", "is no kind")]
    public void A_line_that_is_otherwise_is_told_from_it(string line, string fault) => Assert.Contains(fault, Schema.FindFault(line), StringComparison.Ordinal);

    [Fact]
    public void What_a_step_prints_is_text_where_it_is_and_bytes_where_it_is_not()
    {
        byte[] euro = "\u20AC"u8.ToArray();
        using (EventStreamRenderer renderer = Open())
        {
            foreach (byte[] piece in new[] { [(byte)'a', .. euro[..2]], euro[2..], [0xFF, (byte)'b'], euro[..1] })
                renderer.Show(new StepOutput("s", 1, IsError: true, piece));
            renderer.Show(SampleBuild.Ended("s", 1, StepOutcome.Failed, null));
        }

        JsonElement[] printed = [.. Lines().Where(line => KindOf(line) == "output").Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["a", "\u20AC"], printed[..2].Select(line => line.GetProperty("text").GetString()));
        Assert.Equal([[0xFF, (byte)'b'], euro[..1]], printed[2..].Select(line => line.GetProperty("base64").GetBytesFromBase64()));
    }

    [Fact]
    public void No_line_is_a_command_to_a_runner_of_GitHub()
    {
        using (EventStreamRenderer renderer = Open())
            renderer.Show(SampleBuild.Output("s", 1, "##[add-mask]x\n::add-path::/evil\n"));

        Assert.DoesNotContain("##[", Encoding.UTF8.GetString(_output.ToArray()), StringComparison.Ordinal);
        Assert.Equal("##[add-mask]x\n::add-path::/evil\n", JsonDocument.Parse(Lines()[1]).RootElement.GetProperty("text").GetString());
    }

    [Fact]
    public void What_went_wrong_is_on_the_error_stream_too_and_nothing_else()
    {
        using (EventStreamRenderer renderer = Open())
        {
            renderer.Show(new Notice(NoticeLevel.Debug, "detail"));
            renderer.Show(new Notice(NoticeLevel.Warning, "careful"));
            renderer.Fail([DiagnosticRules.StepFailed.At(null, "it failed")]);
        }

        Assert.StartsWith("error KILN4010: it failed\n", Encoding.UTF8.GetString(_error.ToArray()), StringComparison.Ordinal);
        Assert.Equal(["begin", "log", "error", "end"], Lines().Select(KindOf));
        Assert.EndsWith("\"succeeded\":false,\"time\":\"1970-01-01T00:00:00.000Z\"}", Lines()[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_that_is_full_is_told_once()
    {
        using var disk = new SmallDisk(200);
        using EventStreamRenderer renderer = Open(disk);

        Assert.Throws<IOException>(() => renderer.Show(SampleBuild.Output("s", 1, new string('x', 200))));
        renderer.Fail([DiagnosticRules.DiskFailed.At(null, "the disk is full")]);

        Assert.StartsWith("error KILN", Encoding.UTF8.GetString(_error.ToArray()), StringComparison.Ordinal);
        Assert.Equal(["begin"], Encoding.UTF8.GetString(disk.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(KindOf));
    }

    private EventStreamRenderer Open(Stream? output = null) => new(
        output ?? _output, "kiln 1.2.3", Verbosity.Info, _time, new TextRenderer(new LogStreams(_output, _error, _time), new Style(false), Verbosity.Error, _time, new PlainLog()));

    private string[] Lines() => Encoding.UTF8.GetString(_output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string KindOf(string line) => JsonDocument.Parse(line).RootElement.GetProperty("type").GetString()!;

    /// <summary>Takes so many bytes.</summary>
    private sealed class SmallDisk(int most) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Length + buffer.Length > most)
                throw new IOException("no space left on device");
            base.Write([.. buffer], 0, buffer.Length);
        }
    }
}
