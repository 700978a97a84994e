// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Expansion;
using Kiln.Dockerfile.Instructions;
using Kiln.Dockerfile.Lint;
using Kiln.Planning.Stages;

namespace Kiln.Planning.Lint;

/// <summary>
/// A variable has a value where it is used, or was at least declared by `ARG`. A base image can define any; where it was not looked at, the
/// finding is uncertain.
/// </summary>
public static class UndefinedVar
{
    public static LintRule Rule { get; } = new("UndefinedVar", "Variables should be defined before their use");

    internal static void Check(Instruction instruction, ExpandedWord word, StageState state, LintLog log)
    {
        foreach (string name in word.Unset.Where(name => !state.Args.Contains(name) && !IsBuildKitsOwn(name)))
        {
            string meant = Suggestion.ClosestInCase(name, state.Scope.All.Select(variable => variable.Key)) is { } near ? $" (did you mean ${near}?)" : "";
            string message = $"Usage of undefined variable '${name}'{meant}";
            if (state.BaseIsUnseen)
                log.ReportUncertain(Rule, instruction, message, Spellings(name));
            else
                log.Report(Rule, instruction, message, Spellings(name));
        }
    }

    /// <summary>How a variable's use may begin.</summary>
    internal static IEnumerable<string> Spellings(string name) => [$"${name}", $"${{{name}}}", $"${{{name}"];

    /// <summary>Arguments that never become variables.</summary>
    private static bool IsBuildKitsOwn(string name) => name is "BUILDKIT_SBOM_SCAN_CONTEXT" or "BUILDKIT_SBOM_SCAN_STAGE";
}
