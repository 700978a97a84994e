// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Build.Events;
using Kiln.Diagnostics;

namespace Kiln.Cli.Rendering.Streams;

/// <summary>Shows a build as a log of JSON documents on the error stream, one a line, with `level`, `msg` and `time` as logrus has them. What `RUN` prints is in it, line by line.</summary>
internal sealed class JsonLogRenderer : IRenderer, IBuildEventVisitor
{
    private readonly Stream _error;
    private readonly Verbosity _verbosity;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly BuildState _state;
    private readonly StageLines _lines = new();
    private readonly Heartbeat _heart;
    private bool _isOver;

    internal JsonLogRenderer(Stream error, Verbosity verbosity, TimeProvider time)
    {
        (_error, _verbosity, _time) = (error, verbosity, time);
        _state = new BuildState(time);
        _heart = new Heartbeat(time, Beat);
    }

    public void Show(BuildEvent happened)
    {
        lock (_lock)
            _state.Take(happened, this);
    }

    public void Fail(IReadOnlyList<Diagnostic> diagnostics)
    {
        lock (_lock)
            foreach (Diagnostic each in diagnostics)
                Write(Line("error", each.Message) with
                {
                    Code = each.Rule.Code, Hint = each.Hint ?? each.Rule.Cure, File = each.Span?.Source.Name, Line = each.Span?.Line,
                });
    }

    public void Dispose()
    {
        _heart.Dispose();
        lock (_lock)
            _isOver = true;
    }

    public void Visit(StageStarted stage) => Say(Verbosity.Info, Line("info", $"[{stage.Number}/{stage.Count}] {stage.Name}: {LineText.OneLine(stage.Title)}") with { Stage = stage.Name });

    public void Visit(StageEnded stage)
    {
    }

    public void Visit(StepStarted step) => Say(
        Verbosity.Info,
        Line("info", $"{step.Number}/{step.Count} {LineText.OneLine(step.Title)}") with { Stage = step.Stage, Step = step.Number, File = step.Span.Source.Name, Line = step.Span.Line });

    public void Visit(StepEnded step)
    {
        foreach ((bool isError, byte[] line) in _lines.End(step.Stage))
            Print(step.Stage, step.Number, isError, line);
        string outcome = LineText.Outcome(step);
        if (outcome.Length > 0)
            Say(Verbosity.Info, Line("info", outcome) with { Stage = step.Stage, Step = step.Number });
    }

    public void Visit(StepOutput output)
    {
        foreach (byte[] line in _lines.Add(output.Stage, output.IsError, output.Bytes.Span))
            Print(output.Stage, output.Number, output.IsError, line);
    }

    public void Visit(Progress progress) => Say(Verbosity.Info, Line("info", progress.Message));

    public void Visit(Notice notice) => Say(TextRenderer.LevelOf(notice.Level), Line(WordOf(notice.Level), notice.Message) with { File = notice.Span?.Source.Name, Line = notice.Span?.Line });

    public void Visit(CheckFailed check) => Say(
        Verbosity.Warning,
        Line("warning", check.Finding.Message) with { Code = check.Finding.Rule.Name, File = check.Finding.Span.Source.Name, Line = check.Finding.Span.Line });

    public void Visit(TransfersMoved transfers)
    {
    }

    public void Visit(BuildEnded build) => Say(Verbosity.Info, Line("info", $"built in {LineText.Sum(build)}") with { Digest = build.Digest });

    public void Visit(ImagePublished image) => Say(Verbosity.Info, Line("info", $"done: {TextRenderer.PlaceOf(image)}") with { Digest = image.Digest });

    internal static string WordOf(NoticeLevel level) => level switch
    {
        NoticeLevel.Debug => "debug",
        NoticeLevel.Info => "info",
        NoticeLevel.Warning => "warning",
    };

    private JsonLogLine Line(string level, string message) => new(level, message, LogStreams.Stamp(_time.GetUtcNow()));

    private void Print(string stage, int step, bool isError, ReadOnlySpan<byte> line) =>
        Write(Line("info", Encoding.UTF8.GetString(line).TrimEnd('\n', '\r')) with { Stage = stage, Step = step, Stream = isError ? "stderr" : "stdout" });

    private void Say(Verbosity level, JsonLogLine line)
    {
        if (level <= _verbosity)
            Write(line);
    }

    private void Write(JsonLogLine line)
    {
        JsonLine.Write(_error, line, JsonLine.Readable.JsonLogLine);
        _heart.Hear();
    }

    private void Beat()
    {
        lock (_lock)
            if (!_isOver && _state.Describe() is { } what)
                Say(Verbosity.Info, Line("info", $"still at work: {what}"));
    }
}
