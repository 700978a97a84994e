// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Syntax;

/// <summary>The arguments of an instruction, cut up by its grammar.</summary>
/// <param name="Start">Where they begin in the line.</param>
/// <param name="Text">All of them as written, continuation lines joined.</param>
internal sealed record RawArguments(LogicalLine Line, int Start, string Text)
{
    public SourceSpan Span { get; } = Line.SpanOf(Start, Text.Length);

    public IReadOnlyList<Word> Words { get; private init; } = [];

    public IReadOnlyList<string> Values { get; private init; } = [];

    public bool IsJson { get; init; }

    /// <summary>Whether a pair was written `name value`: then the values are the name and the value.</summary>
    public bool IsLegacyPair { get; init; }

    /// <summary>Where a stretch of the text stands.</summary>
    public SourceSpan SpanOf(int start, int length) => Line.SpanOf(Start + start, length);

    public SourceSpan SpanOf(TextPart part) => SpanOf(part.Start, part.Length);

    public RawArguments With(IReadOnlyList<TextPart> parts) => this with
    {
        Words = [.. parts.Select(part => new Word(part.Text, SpanOf(part)))],
        Values = [.. parts.Select(part => part.Text)],
    };
}
