// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Kiln.Build.Caching;
using Kiln.Build.Outlook;
using Kiln.Diagnostics;

namespace Kiln.Cli.Rendering.Plans;

/// <summary>`kiln plan` and `kiln cache explain`, for people.</summary>
internal sealed class PlanText(Style style)
{
    private const int ShownDigits = 12;
    private const int ShownTitle = 100;

    internal string Write(PlanOutlook outlook)
    {
        var text = new StringBuilder();
        foreach (StageOutlook stage in outlook.Stages)
        {
            string needed = stage.IsNeeded ? "" : style.Dim(" (not needed)");
            text.Append(style.Bold($"{stage.Name}: {OneLine(stage.Title)}")).Append(needed).Append('\n');
            foreach (StepOutlook step in stage.Steps)
                text.Append($"  {Line(step)} {Verdict(stage, step)}{OneLine(step.Title)}{Details(outlook, step)}\n");
        }
        text.Append('\n');
        if (outlook.Rung is { } rung)
            text.Append($"isolation here: {rung}{(outlook.WhyNotBetter is { } why ? $" ({why})" : "")}\n");
        text.Append(outlook.Layers.Length == 0
            ? "no layer is fetched or unpacked\n"
            : $"fetched: {Count(outlook.Layers.Count(layer => layer.IsFetched), "layer")}, {ByteCount.Format(outlook.FetchedBytes)}; unpacked: {Count(outlook.Layers.Count(layer => layer.IsUnpacked), "layer")}\n");
        foreach (LayerOutlook layer in outlook.Layers)
            text.Append($"  {layer.Digest.Hex[..ShownDigits]} {ByteCount.Format(layer.Size),10}  {(layer.IsUnpacked ? "unpacked" : "listed")} for {layer.Reason}\n");
        return text.ToString();
    }

    internal string WriteExplanation(PlanOutlook outlook, IReadOnlyList<MissExplanation> misses)
    {
        var text = new StringBuilder();
        foreach (StageOutlook stage in outlook.Stages)
        {
            text.Append(style.Bold($"{stage.Name}: {OneLine(stage.Title)}")).Append('\n');
            foreach (StepOutlook step in stage.Steps.Where(step => step.Verdict != CacheVerdict.Metadata))
            {
                text.Append($"  {Line(step)} {Verdict(stage, step)}{OneLine(step.Title)}{(step.Reason is { } reason ? style.Dim($"  {reason}") : "")}\n");
                if (misses.FirstOrDefault(miss => miss.Stage == stage && miss.Step == step) is { } miss)
                    Explain(miss, text);
            }
        }
        return text.ToString();
    }

    private void Explain(MissExplanation miss, StringBuilder text)
    {
        if (miss.Nearest is not { } nearest)
        {
            text.Append("         no entry of such an instruction\n");
            return;
        }
        text.Append(style.Dim($"         nearest: {nearest.Key.ToString()[..ShownDigits]} of {nearest.Created}: {OneLine(nearest.Title)}")).Append('\n');
        foreach (PartDifference difference in miss.Differences)
            text.Append($"         {Describe(difference)}\n");
        if (miss.Differences.IsEmpty)
            text.Append("         it was made on other layers than the step stands on\n");
    }

    private static string Describe(PartDifference difference) => difference switch
    {
        { IsBelow: true } => "what is below it is something else",
        { Was: null } => $"{difference.Name}: new, {Value(difference.Is!)}",
        { Is: null } => $"{difference.Name}: gone, was {Value(difference.Was)}",
        _ => $"{difference.Name}: {Value(difference.Is)}, was {Value(difference.Was)}",
    };

    private static string Value(string value) =>
        value.StartsWith("sha256:", StringComparison.Ordinal) && value.Length > ShownDigits + 7 ? value[7..(7 + ShownDigits)] : $"`{OneLine(value)}`";

    private static string Line(StepOutlook step) => step.Line.ToString(CultureInfo.InvariantCulture).PadLeft(4);

    /// <summary>One word, so that a column of them can be looked over.</summary>
    private string Verdict(StageOutlook stage, StepOutlook step) => (stage.IsNeeded, step.Verdict) switch
    {
        (_, CacheVerdict.Metadata) => "          ",
        (_, CacheVerdict.Hit) => style.Green("hit       "),
        (false, _) => style.Dim("unneeded  "),
        (_, CacheVerdict.Undecided) => style.Yellow("perhaps   "),
        (_, CacheVerdict.Miss) => style.Yellow("miss      "),
        (_, CacheVerdict.NotCached) => "run       ",
    };

    private string Details(PlanOutlook outlook, StepOutlook step)
    {
        var details = new List<string>();
        if (step is { Verdict: CacheVerdict.Hit, LayerSize: { } size })
            details.Add(ByteCount.Format(size));
        if (step.Reason is { } reason)
            details.Add(reason);
        if (step.Sources.Length > 0)
            details.Add($"files of {string.Join(", ", step.Sources.Select(index => outlook.Stages.First(stage => stage.Index == index).Name))}");
        if (step.Rung is { } rung && rung != "any")
            details.Add($"needs the rung {rung}");
        return details.Count == 0 ? "" : style.Dim($"  ({string.Join("; ", details)})");
    }

    private static string Count(int number, string what) => $"{number.ToString(CultureInfo.InvariantCulture)} {what}{(number == 1 ? "" : "s")}";

    private static string OneLine(string text)
    {
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= ShownTitle ? line : line[..(ShownTitle - 3)] + "...";
    }
}
