// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Expansion;
using Kiln.Dockerfile.Instructions;
using Kiln.Dockerfile.Lint;
using Kiln.Oci;
using Kiln.Planning.Stages;

namespace Kiln.Planning.Lint;

/// <summary>`--platform` holds a variable, unless the stage's name says that it is for that platform alone.</summary>
public static class FromPlatformFlagConstDisallowed
{
    public static LintRule Rule { get; } = new("FromPlatformFlagConstDisallowed", "FROM --platform flag should not use a constant value");

    internal static void Check(FromInstruction from, ExpandedWord word, Platform platform, LintLog log)
    {
        string name = from.StageName ?? "";
        bool isConstant = word is { Set.Count: 0, Unset.Count: 0 };
        if (isConstant && !name.Contains(platform.Os, StringComparison.Ordinal) && !name.Contains(platform.Architecture, StringComparison.Ordinal))
            log.Report(
                Rule, from, $"FROM --platform flag should not use constant value {HistoryText.Quote(word.Text)}", $"--platform={from.Platform}");
    }
}
