// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Syntax;

/// <summary>
/// An instruction with its continuation lines joined, before anything in it is understood. It knows where in the source each of
/// its characters stood; a line of a trigger, which stands in no file, answers with a stand-in instead.
/// </summary>
internal sealed class LogicalLine(SourceText source, IReadOnlyList<(int TextStart, int SourceStart)> pieces, SourceSpan? standIn)
{
    public required string Text { get; init; }

    /// <summary>From the first character to the end of the last physical line.</summary>
    public required SourceSpan Span { get; init; }

    /// <summary>The comments directly above, without their `#`.</summary>
    public required IReadOnlyList<string> Comments { get; init; }

    /// <summary>Whether a blank line stood between the continuation lines.</summary>
    public required bool HasEmptyContinuation { get; init; }

    /// <summary>Where a part of <see cref="Text"/> stands.</summary>
    public SourceSpan SpanOf(int start, int length)
    {
        if (standIn is { } span)
            return span;
        int first = PositionOf(start);
        int end = length == 0 ? first : PositionOf(start + length - 1) + 1;
        return new SourceSpan(source, first, end - first);
    }

    /// <summary>The span of the whole, with the bodies of heredocs that end at a position.</summary>
    public SourceSpan SpanThrough(int end) => standIn ?? Span with { Length = end - Span.Start };

    private int PositionOf(int offset)
    {
        int low = 0, high = pieces.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (pieces[middle].TextStart <= offset)
                low = middle;
            else
                high = middle - 1;
        }
        return pieces[low].SourceStart + (offset - pieces[low].TextStart);
    }
}
