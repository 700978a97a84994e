// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Outputs;

/// <summary>A file that tells whoever started the build what came out.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Flag">What asked for it, for errors.</param>
/// <param name="Place">A path, absolute, whose parents are made where they are missing; or an `https://` address that it is put to.</param>
public sealed record ImageReport(ReportKind Kind, string Flag, string Place)
{
    /// <summary>Null for a path.</summary>
    internal Uri? Address => IsAddress(Place) ? new Uri(Place) : null;

    public static bool IsAddress(string text) =>
        text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
}
