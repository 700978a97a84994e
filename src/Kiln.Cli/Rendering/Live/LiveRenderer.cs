// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Build.Events;
using Kiln.Diagnostics;
using Kiln.Linux.Terminals;

namespace Kiln.Cli.Rendering.Live;

/// <summary>
/// Shows a build on a terminal: what is over as lines, what is under way below them, drawn anew ten times a second. What `RUN` prints is shown by its last lines, and all of it once the step fails.
/// </summary>
internal sealed class LiveRenderer : IRenderer, IBuildEventVisitor
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>However narrow the terminal is.</summary>
    private const int NarrowestTitle = 12;

    /// <summary>Of a terminal that does not tell.</summary>
    private static readonly TerminalSize Usual = new(80, 24);

    private readonly LiveRegion _region;
    private readonly Func<TerminalSize?> _size;
    private readonly Style _style;
    private readonly Verbosity _verbosity;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly BuildState _state;
    private readonly TransferRate _rate;
    private readonly Transcripts _transcripts = new();
    private readonly Dictionary<(string Stage, int Step), OutputTail> _tails = [];
    private readonly long _began;
    private readonly ITimer _timer;
    private bool _isOver;

    /// <param name="terminal">The error stream.</param>
    /// <param name="size">Its size, as it is now.</param>
    /// <param name="style">Colours.</param>
    /// <param name="verbosity">What is said.</param>
    /// <param name="time">The clock.</param>
    internal LiveRenderer(Stream terminal, Func<TerminalSize?> size, Style style, Verbosity verbosity, TimeProvider time)
    {
        (_region, _size, _style, _verbosity, _time) = (new LiveRegion(terminal), size, style, verbosity, time);
        (_state, _rate, _began) = (new BuildState(time), new TransferRate(time), time.GetTimestamp());
        _timer = time.CreateTimer(_ => Refresh(), null, Interval, Interval);
    }

    /// <summary>Lines of the log begin with the time.</summary>
    internal bool HasTimes { get; init; }

    private TerminalSize Size => _size() ?? Usual;

    public void Show(BuildEvent happened)
    {
        lock (_lock)
            _state.Take(happened, this);
    }

    public void Fail(IReadOnlyList<Diagnostic> diagnostics)
    {
        lock (_lock)
        {
            _isOver = true;
            Draw(Encoding.UTF8.GetBytes(DiagnosticText.Format(diagnostics, _style)));
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_lock)
        {
            _isOver = true;
            _region.End(Size);
        }
    }

    public void Visit(StageStarted stage) => Say(Verbosity.Info, _style.Bold($"[{stage.Number}/{stage.Count}] {stage.Name}: {LineText.OneLine(stage.Title)}"));

    public void Visit(StageEnded stage)
    {
    }

    public void Visit(StepStarted step)
    {
    }

    public void Visit(StepEnded step)
    {
        _tails.Remove((step.Stage, step.Number));
        byte[]? printed = _transcripts.End(step);
        if (_state.Steps.FirstOrDefault(running => (running.Step.Stage, running.Step.Number) == (step.Stage, step.Number)) is not { Step: var started })
            return;
        string outcome = LineText.Outcome(step);
        string told = outcome.Length == 0 ? "" : $"  {(step.Outcome == StepOutcome.Failed ? _style.Red(outcome) : _style.Dim(outcome))}";
        (string whose, string place) = (_state.Of(step.Stage), $"{started.Number}/{started.Count}");
        int room = Size.Columns - whose.Length - place.Length - outcome.Length - 6;
        string title = Cells.Clip(LineText.OneLine(started.Title), Math.Max(room, NarrowestTitle));
        Say(Verbosity.Info, $"  {whose}{_style.Cyan(place)} {title}{told}");
        if (step.Outcome == StepOutcome.Failed && printed is not null)
            Draw([.. printed, .. printed is [.., (byte)'\n'] ? [] : "\n"u8]);
    }

    public void Visit(StepOutput output)
    {
        if (!_tails.TryGetValue((output.Stage, output.Number), out OutputTail? tail))
            _tails[(output.Stage, output.Number)] = tail = new OutputTail();
        tail.Add(output.Bytes.Span);
        _transcripts.Add(output);
    }

    public void Visit(Progress progress)
    {
    }

    public void Visit(Notice notice) => Say(TextRenderer.LevelOf(notice.Level), TextRenderer.Format(notice, _style));

    public void Visit(CheckFailed check) => Say(Verbosity.Warning, FindingText.Format(check.Finding, _style));

    public void Visit(TransfersMoved transfers) => _rate.Add(transfers.State);

    public void Visit(BuildEnded build)
    {
        if (ClosingTable.Format(_state.Finished, build, Size.Columns - 1, _style) is { } table)
            Say(Verbosity.Info, table);
    }

    public void Visit(ImagePublished image) => Say(Verbosity.Info, TextRenderer.Format(image, _style));

    private void Say(Verbosity level, string text)
    {
        if (level > _verbosity)
            return;
        string stamp = HasTimes ? LogStreams.Stamp(_time.GetUtcNow()) + " " : "";
        Draw(Encoding.UTF8.GetBytes(string.Concat(text.Split('\n').Select(line => $"{stamp}{line}\n"))));
    }

    private void Refresh()
    {
        lock (_lock)
            if (!_isOver)
                Draw([]);
    }

    private void Draw(ReadOnlySpan<byte> above)
    {
        TerminalSize size = Size;
        _region.Draw(above, _isOver || _verbosity < Verbosity.Info ? [] : LiveFrame.Compose(_state, Tail, _rate, _time.GetElapsedTime(_began), size, _time, _style), size);
    }

    private IReadOnlyList<string> Tail(StepStarted step, int most) =>
        _tails.TryGetValue((step.Stage, step.Number), out OutputTail? tail) ? tail.Read(most) : [];
}
