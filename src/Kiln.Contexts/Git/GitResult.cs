// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Contexts.Git;

/// <summary>How git ended, and what it said; secrets are taken out.</summary>
internal sealed record GitResult(int Status, string Output, string Error)
{
    internal bool Succeeded => Status == 0;

    /// <summary>What went wrong, in git's words: the first line that says so, else the last of all. Where git only heard nothing, ssh's line before it says why.</summary>
    internal string Complaint
    {
        get
        {
            string[] lines = Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            int first = Array.FindIndex(lines, line => line.StartsWith("fatal:", StringComparison.Ordinal) || line.StartsWith("error:", StringComparison.Ordinal));
            if (first > 0 && lines[first].Contains("Could not read from remote repository", StringComparison.Ordinal))
                first--;
            return (first >= 0 ? lines[first] : lines.LastOrDefault())?.TrimEnd('.') ?? $"git ended with status {Status}";
        }
    }
}
