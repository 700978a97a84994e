// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Build.Events;
using Kiln.Cli.Rendering.Workflows;
using Kiln.Diagnostics;

namespace Kiln.Cli.Rendering;

/// <summary>
/// Shows a build as lines: headings on the error stream, what `RUN` prints as it comes on the stream it came from. Where a CI system folds, a `RUN` is what can be folded, up to
/// where another stage says something: what can be folded must neither nest nor mix.
/// </summary>
internal sealed class TextRenderer : IRenderer, IBuildEventVisitor
{
    private readonly LogStreams _streams;
    private readonly Style _style;
    private readonly Verbosity _verbosity;
    private readonly TimeProvider _time;
    private readonly IWorkflowLog _workflow;
    private readonly Lock _lock = new();
    private readonly BuildState _state;
    private readonly StageLines _lines = new();
    private readonly Heartbeat _heart;
    private string? _open;
    private bool _isOver;

    internal TextRenderer(LogStreams streams, Style style, Verbosity verbosity, TimeProvider time, IWorkflowLog workflow)
    {
        (_streams, _style, _verbosity, _time, _workflow) = (streams, style, verbosity, time, workflow);
        _state = new BuildState(time);
        _heart = new Heartbeat(time, Beat);
    }

    /// <summary>Findings are shown with the lines that they are about.</summary>
    internal bool ShowsExcerpts { get; init; }

    public void Show(BuildEvent happened)
    {
        lock (_lock)
            _state.Take(happened, this);
    }

    public void Fail(IReadOnlyList<Diagnostic> diagnostics)
    {
        lock (_lock)
        {
            Fold();
            _streams.Say(_workflow.Neutral(DiagnosticText.Format(diagnostics, _style)));
            foreach (Diagnostic diagnostic in diagnostics)
                _streams.Mark(_workflow.Annotate(isError: true, diagnostic.Rule.Code, diagnostic.Message, diagnostic.Span));
        }
    }

    public void Dispose()
    {
        _heart.Dispose();
        lock (_lock)
        {
            Fold();
            _isOver = true;
            _streams.Mark(_workflow.AfterOutput());
        }
    }

    public void Visit(StageStarted stage)
    {
        Fold();
        Say(Verbosity.Info, _style.Bold($"[{stage.Number}/{stage.Count}] {stage.Name}: {LineText.OneLine(stage.Title)}"));
    }

    public void Visit(StageEnded stage)
    {
    }

    public void Visit(StepStarted step)
    {
        string title = LineText.OneLine(step.Title);
        string line = $"  {_state.Of(step.Stage)}{_style.Cyan($"{step.Number}/{step.Count}")} {title}";
        Fold();
        if (!title.StartsWith("RUN ", StringComparison.OrdinalIgnoreCase) || _verbosity < Verbosity.Info || _workflow is PlainLog)
        {
            Say(Verbosity.Info, line);
            return;
        }
        _streams.Mark(_workflow.Open(line, _time.GetUtcNow()));
        _open = step.Stage;
        _heart.Hear();
    }

    public void Visit(StepEnded step)
    {
        string whose = _state.Of(step.Stage);
        FoldUnlessOf(step.Stage);
        foreach ((bool isError, byte[] line) in _lines.End(step.Stage))
            Pass(isError, [.. Encoding.UTF8.GetBytes(whose), .. line, (byte)'\n'], asLine: false);
        Fold();
        string outcome = LineText.Outcome(step);
        if (outcome.Length > 0)
            Say(Verbosity.Info, _style.Dim($"      {whose}{outcome}"));
    }

    /// <summary>As it comes where one stage is under way, and by lines that say whose they are where there are several.</summary>
    public void Visit(StepOutput output)
    {
        if (output.Bytes.IsEmpty)
            return;
        FoldUnlessOf(output.Stage);
        if (_state.StageCount <= 1 && !_lines.IsOpen(output.Stage, output.IsError))
            Pass(output.IsError, output.Bytes.Span, asLine: false);
        else
            foreach (byte[] line in _lines.Add(output.Stage, output.IsError, output.Bytes.Span))
                Pass(output.IsError, [.. Encoding.UTF8.GetBytes(_state.Of(output.Stage)), .. line], asLine: true);
    }

    public void Visit(Progress progress) => Say(Verbosity.Info, _style.Dim($"  {progress.Message}"));

    public void Visit(Notice notice)
    {
        Say(LevelOf(notice.Level), Format(notice, _style));
        if (notice is { Level: NoticeLevel.Warning, Span: not null })
            Annotate("warning", notice.Message, notice.Span);
    }

    public void Visit(CheckFailed check)
    {
        Say(Verbosity.Warning, ShowsExcerpts ? FindingText.FormatWithExcerpt(check.Finding, _style) : FindingText.Format(check.Finding, _style));
        Annotate(check.Finding.Rule.Name, check.Finding.Message, check.Finding.Span);
    }

    public void Visit(TransfersMoved transfers)
    {
    }

    public void Visit(BuildEnded build)
    {
        if (ClosingTable.Format(_state.Finished, build, LineText.Widest, _style) is { } table)
            Say(Verbosity.Info, table);
    }

    public void Visit(ImagePublished image) => Say(Verbosity.Info, Format(image, _style));

    internal static string Format(ImagePublished image, Style style) => $"{style.Green("done:")} {PlaceOf(image)}\n      {image.Digest}";

    internal static string PlaceOf(ImagePublished image) => image.Place ?? "built, not pushed";

    internal static string Format(Notice notice, Style style)
    {
        string text = notice.Level switch
        {
            NoticeLevel.Debug or NoticeLevel.Info => style.Dim($"  {notice.Message}"),
            NoticeLevel.Warning => $"{style.Yellow("warning:")} {notice.Message}",
        };
        return notice.Span is { } span ? $"{span.Source.Name}:{span.Line}: {text}" : text;
    }

    internal static Verbosity LevelOf(NoticeLevel level) => level switch
    {
        NoticeLevel.Debug => Verbosity.Debug,
        NoticeLevel.Info => Verbosity.Info,
        NoticeLevel.Warning => Verbosity.Warning,
    };

    private void Pass(bool isError, ReadOnlySpan<byte> bytes, bool asLine)
    {
        _streams.Mark(_workflow.BeforeOutput());
        if (asLine)
            _streams.PassLine(isError, bytes);
        else
            _streams.Pass(isError, bytes);
        _heart.Hear();
    }

    private void Say(Verbosity level, string line)
    {
        if (level > _verbosity)
            return;
        _streams.Say(_workflow.Neutral(line));
        _heart.Hear();
    }

    private void Annotate(string title, string message, SourceSpan? span)
    {
        if (_verbosity >= Verbosity.Warning)
            _streams.Mark(_workflow.Annotate(isError: false, title, message, span));
    }

    private void Beat()
    {
        lock (_lock)
            if (!_isOver && _state.Describe() is { } what)
                Say(Verbosity.Info, _style.Dim($"  still at work: {what}"));
    }

    /// <summary>Ends what can be folded, where something can.</summary>
    private void Fold()
    {
        if (_open is not null)
            _streams.Mark(_workflow.Close(_time.GetUtcNow()));
        _open = null;
    }

    private void FoldUnlessOf(string stage)
    {
        if (_open != stage)
            Fold();
    }
}
