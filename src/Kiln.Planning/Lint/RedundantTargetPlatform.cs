// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Expansion;
using Kiln.Dockerfile.Instructions;
using Kiln.Dockerfile.Lint;
using Kiln.Planning.Stages;

namespace Kiln.Planning.Lint;

/// <summary>`--platform` does not say what holds without it.</summary>
public static class RedundantTargetPlatform
{
    private const string Variable = "TARGETPLATFORM";

    public static LintRule Rule { get; } = new(
        "RedundantTargetPlatform", "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior");

    internal static void Check(FromInstruction from, ExpandedWord platform, GlobalScope globals, LintLog log)
    {
        if (platform is { Set.Count: 1, Unset.Count: 0 } && platform.Set.Contains(Variable) && platform.Text == globals.Find(Variable))
            log.Report(
                Rule, from, $"Setting platform to predefined {from.Platform} in FROM is redundant as this is the default behavior", $"--platform={from.Platform}");
    }
}
