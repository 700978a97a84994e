// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Outlook;

/// <summary>A part of a key that is another one, or that one of two keys does not have.</summary>
/// <param name="Name">The part's.</param>
/// <param name="Was">Its value in the entry; null where it has none.</param>
/// <param name="Is">Its value now; null where it has none.</param>
public sealed record PartDifference(string Name, string? Was, string? Is)
{
    /// <summary>The part that stands for all that is below the step.</summary>
    public bool IsBelow => Name == "below";
}
