// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Dockerfile.Lint;
using Kiln.Planning.Lint;

namespace Kiln.Tests.ArchitectureRules;

/// <summary>The reference page of the build checks, made from their table.</summary>
internal static class CheckReference
{
    public static string Write()
    {
        var page = new StringBuilder("""
            # Build checks

            Made from `LintRules` in `src/Kiln.Planning/Lint`; a test fails when this page is stale. The names and texts are BuildKit's.
            How to run them, and how to skip one: [the guide](../guide/lint.md).

            | rule | what it says | |
            |---|---|---|

            """);
        foreach (LintRule rule in LintRules.All)
            page.Append($"| [{rule.Name}]({rule.Url}) | {rule.Description} | {(rule.IsExperimental ? "experimental: `# check=experimental=" + rule.Name + "`" : "")} |\n");
        return page.ToString();
    }
}
