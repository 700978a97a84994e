// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Kiln.Build.Events;
using Kiln.Diagnostics;

namespace Kiln.Cli.Rendering;

/// <summary>
/// Shows a build as lines: headings on the error stream, what `RUN` prints as it comes on the stream it came from. Called from several
/// threads; lines never mix.
/// </summary>
internal sealed class TextRenderer(TextWriter talk, Stream standardOutput, Stream standardError, Style style, Verbosity verbosity) : IBuildEventVisitor
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _stages = new(StringComparer.Ordinal);
    private readonly StageLines _lines = new();
    private bool _lineOpen;

    /// <summary>Findings are shown with the lines that they are about.</summary>
    internal bool ShowsExcerpts { get; init; }

    internal void Show(BuildEvent happened)
    {
        lock (_lock)
            happened.Accept(this);
    }

    public void Visit(StageStarted stage)
    {
        _stages.Add(stage.Name);
        Say(Verbosity.Info, style.Bold($"[{stage.Number}/{stage.Count}] {stage.Name}: {OneLine(stage.Title)}"));
    }

    public void Visit(StageEnded stage) => _stages.Remove(stage.Name);

    public void Visit(StepStarted step) => Say(Verbosity.Info, $"  {Of(step.Stage)}{style.Cyan($"{step.Number}/{step.Count}")} {OneLine(step.Title)}");

    public void Visit(StepEnded step)
    {
        foreach ((bool isError, byte[] line) in _lines.End(step.Stage))
            Write(isError, [.. Encoding.UTF8.GetBytes(Of(step.Stage)), .. line, (byte)'\n']);
        if (step.LayerSize is { } size)
            Say(Verbosity.Info, style.Dim($"      {Of(step.Stage)}{(step.IsCached ? "cached" : Seconds(step.Duration))}, layer of {ByteCount.Format(size)}"));
    }

    /// <summary>As it comes where one stage is under way, and by lines that say whose they are where there are several.</summary>
    public void Visit(StepOutput output)
    {
        if (output.Bytes.IsEmpty)
            return;
        if (_stages.Count <= 1 && !_lines.IsOpen(output.Stage, output.IsError))
            Write(output.IsError, output.Bytes.Span);
        else
            foreach (byte[] line in _lines.Add(output.Stage, output.IsError, output.Bytes.Span))
                Write(output.IsError, [.. _lineOpen ? "\n"u8 : default, .. Encoding.UTF8.GetBytes(Of(output.Stage)), .. line]);
    }

    public void Visit(Progress progress) => Say(Verbosity.Info, style.Dim($"  {progress.Message}"));

    public void Visit(Notice notice)
    {
        (Verbosity level, string text) = notice.Level switch
        {
            NoticeLevel.Debug => (Verbosity.Debug, style.Dim($"  {notice.Message}")),
            NoticeLevel.Info => (Verbosity.Info, style.Dim($"  {notice.Message}")),
            NoticeLevel.Warning => (Verbosity.Warning, $"{style.Yellow("warning:")} {notice.Message}"),
        };
        Say(level, notice.Span is { } span ? $"{span.Source.Name}:{span.Line}: {text}" : text);
    }

    public void Visit(CheckFailed check) =>
        Say(Verbosity.Warning, ShowsExcerpts ? FindingText.FormatWithExcerpt(check.Finding, style) : FindingText.Format(check.Finding, style));

    public void Visit(ImagePublished image) => Say(Verbosity.Info, $"{style.Green("done:")} {image.Place}\n      {image.Digest}");

    private void Write(bool isError, ReadOnlySpan<byte> bytes)
    {
        Stream stream = isError ? standardError : standardOutput;
        stream.Write(bytes);
        stream.Flush();
        _lineOpen = bytes[^1] != (byte)'\n';
    }

    /// <summary>Whose a line is, where that goes without saying not.</summary>
    private string Of(string stage) => _stages.Count > 1 ? $"[{stage}] " : "";

    private void Say(Verbosity level, string line)
    {
        if (level > verbosity)
            return;
        if (_lineOpen)
            talk.WriteLine();
        _lineOpen = false;
        talk.WriteLine(line);
    }

    private static string OneLine(string text)
    {
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= 160 ? line : line[..157] + "...";
    }

    private static string Seconds(TimeSpan duration) => $"{duration.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s";
}
