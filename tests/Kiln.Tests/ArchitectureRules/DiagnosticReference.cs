// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using System.Text;
using Kiln.Diagnostics;

namespace Kiln.Tests.ArchitectureRules;

/// <summary>
/// The reference page of the errors, made from their table. It lives with the tests because it finds the rows by reflection, which a trimmed program cannot.
/// </summary>
internal static class DiagnosticReference
{
    private static readonly (char Digit, string Area)[] Areas =
    [
        ('1', "The Dockerfile"), ('2', "The build: context, steps, outputs"), ('3', "Registries and images"), ('4', "The sandbox of `RUN`"),
        ('5', "The command line and the machine"),
    ];

    /// <summary>All rows with the names of their fields, by code.</summary>
    public static IReadOnlyList<(string Name, DiagnosticRule Rule)> Rows { get; } =
    [
        .. typeof(DiagnosticRules).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (field.Name, (DiagnosticRule)field.GetValue(null)!))
            .OrderBy(row => row.Item2.Code, StringComparer.Ordinal),
    ];

    public static string Write()
    {
        var page = new StringBuilder("""
            # Errors

            Made from the rows of `DiagnosticRules` in `src/Kiln.Diagnostics`; a test fails when this page is stale.
            A code never changes its meaning.

            """);
        foreach ((char digit, string area) in Areas)
        {
            page.Append($"\n## {area}\n\n| code | what it means | what to do |\n|---|---|---|\n");
            foreach ((_, DiagnosticRule rule) in Rows.Where(row => row.Rule.Code[4] == digit))
                page.Append($"| {rule.Code} | {Cell(rule.Title)} | {Cell(rule.Cure)} |\n");
        }
        return page.ToString();
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
