// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Syntax;

/// <summary>The value of a `check` directive: which lint rules are skipped, which experimental ones run, whether a finding is an error.</summary>
public sealed record CheckOptions
{
    private const int MaxParts = 3;

    public IReadOnlyList<string> Skip { get; init; } = [];

    public bool SkipAll { get; init; }

    public IReadOnlyList<string> Experimental { get; init; } = [];

    public bool ExperimentalAll { get; init; }

    public bool Error { get; init; }

    /// <summary>Reads `skip=A,B;error=true`.</summary>
    public static CheckOptions Parse(string text, SourceSpan? span)
    {
        var options = new CheckOptions();
        foreach (string part in text.Split(';', MaxParts))
        {
            int equals = part.IndexOf('=');
            if (equals < 0)
                throw Invalid($"invalid check option \"{part}\"", span);
            string key = part[..equals].Trim(), value = part[(equals + 1)..].Trim();
            options = key.ToLowerInvariant() switch
            {
                "skip" when IsAll(value) => options with { SkipAll = true },
                "skip" => options with { Skip = Names(value) },
                "experimental" when IsAll(value) => options with { ExperimentalAll = true },
                "experimental" => options with { Experimental = Names(value) },
                "error" => options with { Error = GoValue.ParseBoolean(value) ?? throw Invalid($"failed to parse check option \"{part}\"", span) },
                _ => throw Invalid($"invalid check option \"{part}\"", span),
            };
        }
        return options;
    }

    private static bool IsAll(string value) => value.Equals("all", StringComparison.OrdinalIgnoreCase);

    private static string[] Names(string value) => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static BuildException Invalid(string message, SourceSpan? span) =>
        DiagnosticRules.InvalidCheckDirective.Error("failed to parse check options: " + message, span);
}
