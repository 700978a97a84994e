// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Diagnostics;

/// <summary>What went wrong, for the user: one sentence without a period, where it is, and a hint that says what to do.</summary>
public sealed record Diagnostic(DiagnosticRule Rule, string Message)
{
    public SourceSpan? Span { get; init; }

    public string? Hint { get; init; }

    public override string ToString() =>
        (Span is { } span ? $"{span}: " : "") + $"error {Rule.Code}: {Message}";
}
