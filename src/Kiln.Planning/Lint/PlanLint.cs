// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile;
using Kiln.Dockerfile.Lint;
using Kiln.Dockerfile.Syntax;

namespace Kiln.Planning.Lint;

/// <summary>The checks of a build: what they are told to look at, and when what they find stops it.</summary>
public static class PlanLint
{
    /// <summary>The build argument that stands for the file's `check` directive, all of it.</summary>
    private const string Override = "BUILDKIT_DOCKERFILE_CHECK";

    /// <summary>An empty log for a Dockerfile.</summary>
    public static LintLog Begin(DockerfileDocument document, PlanOptions options) => new(
        options.FindBuildArg(Override) is { } text ? CheckOptions.Parse(text, null) : document.Directives.Check ?? new CheckOptions());

    /// <summary>The error that the findings are where `error=true` was said; null otherwise, and where nothing certain was found.</summary>
    public static BuildException? FindViolation(LintLog log) =>
        log.FindingsAreErrors ? Violation(log.Findings) : null;

    /// <summary>The error that findings are; null where none is certain.</summary>
    public static BuildException? Violation(IEnumerable<LintFinding> findings)
    {
        List<string> rules = [.. findings.Where(finding => !finding.IsUncertain).Select(finding => finding.Rule.Name).Distinct().Order(StringComparer.Ordinal)];
        return rules.Count == 0 ? null : DiagnosticRules.LintViolation.Error($"lint violation found for rules: {string.Join(", ", rules)}");
    }
}
