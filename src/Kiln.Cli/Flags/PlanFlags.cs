// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Flags;

/// <summary>The flags of `kiln plan` and `kiln cache explain`: a build's, which say what would be built, and their own.</summary>
internal static class PlanFlags
{
    internal static readonly IReadOnlyList<Flag> Plan =
    [
        new TextFlag("format", "How the plan is written: `text`, `json`, or `dot` for Graphviz", (a, v) => a.PlanFormat = v)
            { Choices = ["text", "json", "dot"], ValueName = "FORMAT", Default = "text", Kaniko = KanikoParity.Own },
        .. BuildFlags.All,
    ];

    internal static readonly IReadOnlyList<Flag> Explain = BuildFlags.All;
}
