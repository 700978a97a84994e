// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Xunit;

namespace Kiln.Tests.ArchitectureRules;

/// <summary>The rows of `DiagnosticRules`.</summary>
public sealed partial class DiagnosticTableTests
{
    [Fact]
    public void A_code_stands_for_one_error() =>
        Assert.DoesNotContain(DiagnosticReference.Rows.GroupBy(row => row.Rule.Code), group => group.Count() > 1);

    [Fact]
    public void Codes_ascend_within_a_file() => Assert.All(TableFiles(), file =>
    {
        string[] codes = [.. Code().Matches(Checkout.Read(file)).Select(match => match.Groups[1].Value)];
        Assert.Equal(codes.Order(StringComparer.Ordinal), codes);
    });

    [Fact]
    public void Titles_and_cures_are_in_the_style_of_all_that_users_read() => Assert.All(DiagnosticReference.Rows, row =>
    {
        Assert.Matches(@"^KILN[1-5]\d{3}$", row.Rule.Code);
        Assert.Matches(@"[^.]$", row.Rule.Title);
        Assert.Matches(@"^(?![A-Z][a-z]).*[^.]$", row.Rule.Cure);
        Assert.DoesNotMatch(@"[a-z`]\. [A-Z]", row.Rule.Cure);
    });

    [Fact]
    public void Every_row_is_an_error_that_something_reports()
    {
        string code = string.Concat(Checkout.Sources.Where(file => file.StartsWith("src/", StringComparison.Ordinal)).Except(TableFiles()).Select(Checkout.Read));

        Assert.All(DiagnosticReference.Rows, row => Assert.Contains($"DiagnosticRules.{row.Name}", code, StringComparison.Ordinal));
    }

    private static IEnumerable<string> TableFiles() =>
        Checkout.Sources.Where(file => file.StartsWith("src/Kiln.Diagnostics/DiagnosticRules.", StringComparison.Ordinal));

    [GeneratedRegex("\"(KILN[0-9]{4})\"")]
    private static partial Regex Code();
}
