// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Kiln.Build.Caching;
using Kiln.Build.Outlook;

namespace Kiln.Cli.Rendering.Plans;

/// <summary>`kiln plan --format dot`: the graph in the language of Graphviz, a cluster for each stage, an arrow to each step from what it stands on and from what it takes files from.</summary>
internal static class PlanDot
{
    internal static string Write(PlanOutlook outlook)
    {
        var text = new StringBuilder("digraph plan {\n  rankdir=LR;\n  node [shape=box, style=filled, fillcolor=white, fontname=monospace];\n");
        foreach (StageOutlook stage in outlook.Stages)
        {
            string index = stage.Index.ToString(CultureInfo.InvariantCulture);
            text.Append($"  subgraph cluster_{index} {{\n    label={Quote(stage.Name)};{(stage.IsNeeded ? "" : " style=dashed;")}\n    s{index} [label={Quote(stage.Title)}, shape=ellipse];\n");
            for (int i = 0; i < stage.Steps.Length; i++)
                text.Append($"    {Node(stage, i)} [label={Quote(stage.Steps[i].Title)}, fillcolor={Colour(stage.Steps[i].Verdict)}, tooltip={Quote(stage.Steps[i].Verdict.ToString())}];\n");
            for (int i = 0; i < stage.Steps.Length; i++)
                text.Append($"    {(i == 0 ? $"s{index}" : Node(stage, i - 1))} -> {Node(stage, i)};\n");
            text.Append("  }\n");
            if (stage.Start is { } start)
                text.Append($"  {End(outlook, start)} -> s{index};\n");
            for (int i = 0; i < stage.Steps.Length; i++)
                foreach (int source in stage.Steps[i].Sources)
                    text.Append($"  {End(outlook, source)} -> {Node(stage, i)} [style=dashed];\n");
        }
        return text.Append("}\n").ToString();
    }

    private static string Node(StageOutlook stage, int step) => string.Create(CultureInfo.InvariantCulture, $"s{stage.Index}_{step}");

    private static string End(PlanOutlook outlook, int index)
    {
        StageOutlook stage = outlook.Stages.First(one => one.Index == index);
        return stage.Steps.Length == 0 ? $"s{index.ToString(CultureInfo.InvariantCulture)}" : Node(stage, stage.Steps.Length - 1);
    }

    private static string Colour(CacheVerdict verdict) => verdict switch
    {
        CacheVerdict.Metadata => "white",
        CacheVerdict.Hit => "palegreen",
        CacheVerdict.Undecided => "khaki",
        CacheVerdict.Miss => "lightsalmon",
        CacheVerdict.NotCached => "lightgrey",
    };

    /// <summary>A quoted string of the language: a quote and a backslash are escaped, and a line ends in `\l`, which sets it to the left.</summary>
    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\l", StringComparison.Ordinal)}\"";
}
