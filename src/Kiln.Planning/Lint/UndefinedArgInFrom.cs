// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Expansion;
using Kiln.Dockerfile.Instructions;
using Kiln.Dockerfile.Lint;
using Kiln.Planning.Stages;

namespace Kiln.Planning.Lint;

/// <summary>A variable in `FROM` is a platform's or was declared above the first `FROM`, with or without a value.</summary>
public static class UndefinedArgInFrom
{
    public static LintRule Rule { get; } = new("UndefinedArgInFrom", "FROM command must use declared ARGs");

    internal static void Check(FromInstruction from, ExpandedWord word, GlobalScope globals, LintLog log)
    {
        foreach (string name in word.Unset.Where(name => !globals.Names.Contains(name)))
        {
            string meant = Suggestion.ClosestInCase(name, globals.Names) is { } near ? $" (did you mean {near}?)" : "";
            log.Report(Rule, from, $"FROM argument '{name}' is not declared{meant}", UndefinedVar.Spellings(name));
        }
    }
}
