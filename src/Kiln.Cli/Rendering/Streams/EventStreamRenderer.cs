// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.Build.Events;
using Kiln.Diagnostics;

namespace Kiln.Cli.Rendering.Streams;

/// <summary>
/// Writes every event as a JSON document of one line to the standard output, for programs; docs/reference/events.md says what they mean. What went wrong is on the error stream too, for people.
/// </summary>
internal sealed class EventStreamRenderer : IRenderer, IBuildEventVisitor
{
    /// <summary>It changes when something that was there means something else, or is there no more.</summary>
    internal const int Version = 1;

    private readonly Stream _output;
    private readonly Verbosity _verbosity;
    private readonly TimeProvider _time;
    private readonly IRenderer _errors;
    private readonly Lock _lock = new();
    private readonly BuildState _state;
    private readonly Dictionary<(string Stage, int Step, bool IsError), OutputText> _texts = [];
    private bool _hasFailed;
    private bool _hasEnded;
    private bool _isBroken;

    /// <param name="output">Where the documents go.</param>
    /// <param name="program">What the program is called, and its version.</param>
    /// <param name="verbosity">Which lines of the log are among them; everything else always is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="errors">Shows people what went wrong, and nothing else.</param>
    internal EventStreamRenderer(Stream output, string program, Verbosity verbosity, TimeProvider time, IRenderer errors)
    {
        (_output, _verbosity, _time, _errors) = (output, verbosity, time, errors);
        _state = new BuildState(time);
        Write(new JsonEvent.Begin(Now, Version, program));
    }

    private string Now => _time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public void Show(BuildEvent happened)
    {
        lock (_lock)
            _state.Take(happened, this);
    }

    public void Fail(IReadOnlyList<Diagnostic> diagnostics)
    {
        lock (_lock)
        {
            _hasFailed = true;
            foreach (Diagnostic each in diagnostics)
                Write(new JsonEvent.Error(Now, each.Rule.Code, each.Message, each.Hint ?? each.Rule.Cure, JsonPlace.Of(each.Span)));
        }
        _errors.Fail(diagnostics);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (!_hasEnded)
                Write(new JsonEvent.End(Now, !_hasFailed));
            _hasEnded = true;
        }
        _errors.Dispose();
    }

    public void Visit(StageStarted stage) => Write(new JsonEvent.StageStart(Now, stage.Name, stage.Title, stage.Number, stage.Count));

    public void Visit(StageEnded stage) => Write(new JsonEvent.StageEnd(Now, stage.Name));

    public void Visit(StepStarted step) => Write(new JsonEvent.StepStart(Now, step.Stage, step.Number, step.Count, step.Title, JsonPlace.Of(step.Span)!));

    public void Visit(StepEnded step)
    {
        foreach (bool isError in new[] { false, true })
            if (_texts.Remove((step.Stage, step.Number, isError), out OutputText? text))
                Write(step.Stage, step.Number, isError, text.End());
        Write(new JsonEvent.StepEnd(Now, step.Stage, step.Number, WordOf(step.Outcome), Seconds(step.Duration), LayerOf(step), step.Cache));
    }

    public void Visit(StepOutput output)
    {
        (string, int, bool) key = (output.Stage, output.Number, output.IsError);
        if (!_texts.TryGetValue(key, out OutputText? text))
            _texts[key] = text = new OutputText();
        Write(output.Stage, output.Number, output.IsError, text.Take(output.Bytes.Span));
    }

    public void Visit(Progress progress) => Write(new JsonEvent.Activity(Now, progress.Message));

    public void Visit(Notice notice)
    {
        if (TextRenderer.LevelOf(notice.Level) <= _verbosity)
            Write(new JsonEvent.Log(Now, JsonLogRenderer.WordOf(notice.Level), notice.Message, JsonPlace.Of(notice.Span)));
    }

    public void Visit(CheckFailed check) =>
        Write(new JsonEvent.Check(Now, check.Finding.Rule.Name, check.Finding.Message, check.Finding.Rule.Url, check.Finding.IsUncertain, JsonPlace.Of(check.Finding.Span)!));

    public void Visit(TransfersMoved transfers)
    {
        TransferState state = transfers.State;
        Write(new JsonEvent.Transfers(Now, state.Fetched, state.FetchedOf, state.Sent, state.Sending));
    }

    public void Visit(BuildEnded build) => Write(new JsonEvent.Summary(
        Now,
        build.Digest,
        Seconds(build.Duration),
        build.Transfers.Fetched,
        build.Transfers.Sent,
        [.. _state.Finished.Select(step => new JsonStep(
            step.Step.Stage, step.Step.Number, step.Step.Title, WordOf(step.End.Outcome), Seconds(step.End.Duration), LayerOf(step.End), step.End.Cache))]));

    public void Visit(ImagePublished image) => Write(new JsonEvent.Published(Now, image.Place, image.Digest));

    private void Write(string stage, int step, bool isError, (string? Text, byte[]? Bytes)? printed)
    {
        if (printed is var (text, bytes))
            Write(new JsonEvent.Output(Now, stage, step, isError ? "stderr" : "stdout", text, bytes));
    }

    /// <summary>A disk that is full is told once, as what ended the build.</summary>
    private void Write(JsonEvent line)
    {
        if (_isBroken)
            return;
        try
        {
            JsonLine.Write(_output, line, JsonLine.Readable.JsonEvent);
        }
        catch (IOException)
        {
            _isBroken = true;
            throw;
        }
    }

    private static JsonLayer? LayerOf(StepEnded step) => step is { LayerDigest: { } digest, LayerSize: { } size } ? new JsonLayer(digest, size) : null;

    private static double Seconds(TimeSpan duration) => Math.Round(duration.TotalSeconds, 3);

    private static string WordOf(StepOutcome outcome) => outcome switch
    {
        StepOutcome.Built => "built",
        StepOutcome.Cached => "cached",
        StepOutcome.Metadata => "metadata",
        StepOutcome.Failed => "failed",
        StepOutcome.Stopped => "stopped",
    };
}
