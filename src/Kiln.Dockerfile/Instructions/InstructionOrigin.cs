// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Syntax;

namespace Kiln.Dockerfile.Instructions;

/// <summary>How and where an instruction was written.</summary>
public sealed record InstructionOrigin
{
    /// <summary>From its first character to the end of its last physical line, heredocs included.</summary>
    public required SourceSpan Span { get; init; }

    /// <summary>The instruction's name as written: `FROM`, `from`.</summary>
    public required string Word { get; init; }

    public required SourceSpan WordSpan { get; init; }

    /// <summary>Everything behind the flags.</summary>
    public required SourceSpan ArgumentsSpan { get; init; }

    /// <summary>The arguments as written, continuation lines joined.</summary>
    public required string Arguments { get; init; }

    /// <summary>The values of flags, the arguments and the bodies of heredocs, in this order.</summary>
    public required IReadOnlyList<Word> Words { get; init; }

    /// <summary>The whole as written, continuation lines joined, without heredoc bodies.</summary>
    public required string Text { get; init; }

    /// <summary>The comments directly above, without their `#`.</summary>
    public required IReadOnlyList<string> Comments { get; init; }

    /// <summary>Whether a blank line stands between its continuation lines.</summary>
    public required bool HasEmptyContinuation { get; init; }

    /// <summary>
    /// Where a word stands, or a name or value of a pair; all arguments where it was made of several words. Of two that are the
    /// same the first counts, for it is the first that fails.
    /// </summary>
    public SourceSpan SpanOf(string word)
    {
        foreach (Word candidate in Words)
        {
            if (candidate.Text == word)
                return candidate.Span;
            int equals = candidate.Text.IndexOf('=');
            if (equals < 0 || candidate.Span.Length != candidate.Text.Length)
                continue;
            if (candidate.Text.AsSpan(0, equals).SequenceEqual(word))
                return candidate.Span with { Length = equals };
            if (candidate.Text.AsSpan(equals + 1).SequenceEqual(word))
                return new SourceSpan(candidate.Span.Source, candidate.Span.Start + equals + 1, word.Length);
        }
        return ArgumentsSpan.Length > 0 ? ArgumentsSpan : WordSpan;
    }

    /// <summary>What the first comment above that begins with a name says about it.</summary>
    public string? FindDescription(string name) =>
        Comments.FirstOrDefault(comment => comment.StartsWith(name + " ", StringComparison.Ordinal))?[(name.Length + 1)..].Trim();
}
