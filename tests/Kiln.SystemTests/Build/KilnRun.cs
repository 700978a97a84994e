// SPDX-License-Identifier: Apache-2.0
namespace Kiln.SystemTests.Build;

/// <summary>How a program ended, and what it said.</summary>
internal sealed record KilnRun(int Status, string Output, string Error)
{
    /// <summary>Everything it said, for a message.</summary>
    public string All => $"status {Status}\n{Output}{Error}";
}
