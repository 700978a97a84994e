// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Lint;

namespace Kiln.Dockerfile.Syntax;

/// <summary>The value of a `check` directive: which lint rules are skipped, which experimental ones run, whether a finding is an error.</summary>
public sealed record CheckOptions
{
    private const int MaxParts = 3;

    /// <summary>The names of the options.</summary>
    internal static readonly string[] Keys = ["skip", "experimental", "error"];

    public IReadOnlyList<string> Skip { get; init; } = [];

    public bool SkipAll { get; init; }

    public IReadOnlyList<string> Experimental { get; init; } = [];

    public bool ExperimentalAll { get; init; }

    public bool Error { get; init; }

    /// <summary>Reads `skip=A,B;error=true`. A blank text changes nothing.</summary>
    public static CheckOptions Parse(string text, SourceSpan? span) =>
        TryRead(text, out string problem)
        ?? throw DiagnosticRules.InvalidCheckDirective.Error("failed to parse check options: " + problem, span, HintFor(text));

    /// <summary>Whether a rule is looked at. An experimental one has to be asked for, and then nothing skips it.</summary>
    public bool Runs(LintRule rule) =>
        rule.IsExperimental ? ExperimentalAll || Experimental.Contains(rule.Name) : !SkipAll && !Skip.Contains(rule.Name);

    /// <summary>
    /// These options for an instruction: the first `check=...` among the comments above it adds what to skip and what to try. One that cannot be
    /// read is a comment like any other.
    /// </summary>
    public CheckOptions MergedWith(IReadOnlyList<string> comments)
    {
        string? comment = comments.FirstOrDefault(text => text.Split('=')[0].Trim().Equals("check", StringComparison.OrdinalIgnoreCase) && text.Contains('='));
        if (comment is null || TryRead(comment[(comment.IndexOf('=') + 1)..].Trim().Split(' ')[0], out _) is not { } own)
            return this;
        return this with
        {
            Skip = [.. Skip, .. own.Skip],
            SkipAll = SkipAll || own.SkipAll,
            Experimental = [.. Experimental, .. own.Experimental],
            ExperimentalAll = ExperimentalAll || own.ExperimentalAll,
        };
    }

    private static string? HintFor(string text) =>
        text.Split(';').Select(part => Suggestion.Closest(part.Split('=')[0].Trim(), Keys)).OfType<string>().FirstOrDefault() is { } meant
            ? $"write `{meant}`"
            : null;

    private static CheckOptions? TryRead(string text, out string problem)
    {
        var options = new CheckOptions();
        problem = "";
        foreach (string part in string.IsNullOrWhiteSpace(text) ? [] : text.Split(';', MaxParts))
        {
            string[] sides = part.Split('=', 2);
            string key = sides[0].Trim(), value = sides[^1].Trim();
            CheckOptions? read = sides.Length < 2 ? null : key.ToLowerInvariant() switch
            {
                "skip" => IsAll(value) ? options with { SkipAll = true } : options with { Skip = Names(value) },
                "experimental" => IsAll(value) ? options with { ExperimentalAll = true } : options with { Experimental = Names(value) },
                "error" => GoValue.ParseBoolean(value) is { } error ? options with { Error = error } : null,
                _ => null,
            };
            if (read is null)
            {
                bool isBoolean = sides.Length == 2 && key.Equals("error", StringComparison.OrdinalIgnoreCase);
                problem = isBoolean ? $"failed to parse check option \"{part}\"" : $"invalid check option \"{part}\"";
                return null;
            }
            options = read;
        }
        return options;
    }

    private static bool IsAll(string value) => value.Equals("all", StringComparison.OrdinalIgnoreCase);

    private static string[] Names(string value) => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
