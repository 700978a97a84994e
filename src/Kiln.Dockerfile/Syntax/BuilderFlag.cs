// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Syntax;

/// <summary>A flag of an instruction, as `--name` or `--name=value`, with quotes and escapes removed.</summary>
internal sealed record BuilderFlag(string Name, string? Value, SourceSpan Span)
{
    /// <summary>Where the name stands, with its dashes; the whole flag where it is written with quotes.</summary>
    public SourceSpan NameSpan =>
        Span.Text.StartsWith($"--{Name}", StringComparison.Ordinal) ? Span with { Length = Name.Length + 2 } : Span;

    /// <summary>Where the value stands; the whole flag where it has none or is written with quotes.</summary>
    public SourceSpan ValueSpan =>
        Value is { Length: > 0 } value && Span.Text.EndsWith($"={value}", StringComparison.Ordinal)
            ? new SourceSpan(Span.Source, Span.End - value.Length, value.Length)
            : Span;
}
