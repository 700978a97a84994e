// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;
using Kiln.Diagnostics;

namespace Kiln.Cli.Rendering;

/// <summary>What a build came to: a row for each step that has a layer, and the sum. The steps that change the configuration alone take no time.</summary>
internal static class ClosingTable
{
    private const int WidestTitle = 60;
    private const int NarrowestTitle = 12;

    /// <param name="finished">The steps.</param>
    /// <param name="build">The build.</param>
    /// <param name="width">How wide the table may be, where titles can be shortened to that.</param>
    /// <param name="style">Colours.</param>
    /// <returns>Lines; null for a build of one such step or none, of which everything is said already.</returns>
    internal static string? Format(IReadOnlyList<FinishedStep> finished, BuildEnded build, int width, Style style)
    {
        FinishedStep[] steps = [.. finished.Where(step => step.End.LayerSize is not null)];
        if (steps.Length < 2)
            return null;
        string[] names = ["step", .. steps.Select(step => $"{step.Step.Stage} {step.Step.Number}/{step.Step.Count}")];
        string[] times = ["time", .. steps.Select(step => LineText.Seconds(step.End.Duration))];
        string[] sizes = ["layer", .. steps.Select(step => ByteCount.Format(step.End.LayerSize!.Value))];
        string[] verdicts = ["", .. steps.Select(Verdict)];
        (int name, int time, int size) = (Width(names), Width(times), Width(sizes));
        // Four gaps of two columns, and two at the left.
        int room = Math.Clamp(width - name - time - size - Width(verdicts) - 10, NarrowestTitle, WidestTitle);
        string[] titles = ["", .. steps.Select(step => LineText.Clip(LineText.OneLine(step.Step.Title), room))];
        int title = Width(titles);
        IEnumerable<string> rows = names.Select((_, i) =>
            $"  {names[i].PadRight(name)}  {titles[i].PadRight(title)}  {times[i].PadLeft(time)}  {sizes[i].PadLeft(size)}  {verdicts[i]}".TrimEnd());
        string sum = $"  all in {LineText.Sum(build)}";
        return string.Join('\n', [style.Dim(rows.First()), .. rows.Skip(1), sum]);
    }

    private static string Verdict(FinishedStep step) => step.End switch
    {
        { Outcome: StepOutcome.Cached, Cache: { } cache } => $"cached in {cache}",
        { Outcome: StepOutcome.Cached } => "cached",
        _ => "built",
    };

    private static int Width(string[] column) => column.Max(cell => cell.Length);
}
