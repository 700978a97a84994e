// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Lint;

/// <summary>A place in a Dockerfile that breaks a rule. Its line is the one that BuildKit names.</summary>
public sealed record LintFinding(LintRule Rule, string Message, SourceSpan Span)
{
    /// <summary>The stage's base image was not looked at, and could prove the finding wrong: then it fails nothing.</summary>
    public bool IsUncertain { get; init; }

    /// <summary>BuildKit's form.</summary>
    public override string ToString() => $"{Rule.Name}: {Message} (line {Span.Line})";
}
