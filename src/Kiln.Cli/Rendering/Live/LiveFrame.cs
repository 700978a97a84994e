// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;
using Kiln.Diagnostics;
using Kiln.Linux.Terminals;

namespace Kiln.Cli.Rendering.Live;

/// <summary>What a terminal shows of what is under way: a line for each step with its last lines of output, the transfers, the time. It fits the terminal.</summary>
internal static class LiveFrame
{
    /// <summary>Columns of a time: `59 min 59 s`, and a space.</summary>
    private const int TimeColumns = 12;

    /// <param name="state">What is under way.</param>
    /// <param name="tails">What the steps printed last.</param>
    /// <param name="rate">How fast layers move.</param>
    /// <param name="elapsed">How long the build has been under way.</param>
    /// <param name="size">The terminal's.</param>
    /// <param name="time">The clock.</param>
    /// <param name="style">Colours.</param>
    /// <returns>Lines, without ends, none wider than the terminal; nothing where nothing is under way.</returns>
    internal static IReadOnlyList<LiveLine> Compose(
        BuildState state, Func<StepStarted, int, IReadOnlyList<string>> tails, TransferRate rate, TimeSpan elapsed, TerminalSize size, TimeProvider time, Style style)
    {
        // The last column stays free: a terminal may begin a new line there.
        int width = size.Columns - 1;
        List<(string Text, long Began)> headings = [.. state.Steps.Select(step => ($"  {state.Of(step.Step.Stage)}{step.Step.Number}/{step.Step.Count} {LineText.OneLine(step.Step.Title)}", step.Began))];
        if (headings.Count == 0 && state.Activity is var (message, began))
            headings.Add(($"  {message}", began));
        if (headings.Count == 0 && !state.Transfers.IsUnderWay)
            return [];
        List<LiveLine> below = [.. Transfers(state.Transfers, rate, style, width), LiveLine.Of($"  {LineText.Elapsed(elapsed)}", width, style.Dim)];
        // The cursor stands below the last line.
        int rows = Math.Max(1, size.Rows - 1 - below.Count);
        int shown = Math.Min(headings.Count, rows);
        int each = shown == 0 ? 0 : Math.Min(OutputTail.Most, (rows / shown) - 1);
        var lines = new List<LiveLine>();
        for (int i = 0; i < shown; i++)
        {
            lines.Add(Heading(headings[i].Text, time.GetElapsedTime(headings[i].Began), width, style));
            if (i < state.Steps.Count && each > 0)
                lines.AddRange(tails(state.Steps[i].Step, each).Select(line => LiveLine.Of($"    | {line}", width, style.Dim)));
        }
        return [.. lines.Concat(below).TakeLast(Math.Max(1, size.Rows - 1))];
    }

    private static LiveLine Heading(string text, TimeSpan elapsed, int width, Style style)
    {
        string left = Cells.Clip(text, Math.Max(1, width - TimeColumns)), right = LineText.Elapsed(elapsed);
        int gap = width - Cells.Count(left) - right.Length;
        return gap < 1 ? LiveLine.Of(left, width, style.Cyan) : LiveLine.Of(left + new string(' ', gap) + right, width, style.Cyan);
    }

    private static IEnumerable<LiveLine> Transfers(TransferState moved, TransferRate rate, Style style, int width)
    {
        if (moved.IsFetching)
            yield return LiveLine.Of($"  fetched {ByteCount.Format(moved.Fetched)} of {ByteCount.Format(moved.FetchedOf)}, {ByteCount.Format(rate.Fetching)}/s", width, style.Dim);
        if (moved.Sending > 0)
            yield return LiveLine.Of($"  sent {ByteCount.Format(moved.Sent)}, {ByteCount.Format(rate.Sending)}/s", width, style.Dim);
    }
}
