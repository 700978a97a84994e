// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Contexts.Git;

/// <summary>How git ended, and what it said; secrets are taken out.</summary>
internal sealed record GitResult(int Status, string Output, string Error)
{
    internal bool Succeeded => Status == 0;

    /// <summary>What went wrong, in git's words: the first line that says so, else the last of all.</summary>
    internal string Complaint
    {
        get
        {
            string[] lines = Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            string? line = lines.FirstOrDefault(l => l.StartsWith("fatal:", StringComparison.Ordinal) || l.StartsWith("error:", StringComparison.Ordinal)) ?? lines.LastOrDefault();
            return line?.TrimEnd('.') ?? $"git ended with status {Status}";
        }
    }
}
