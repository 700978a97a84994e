// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Expansion;

/// <summary>What <see cref="WordLexer"/> takes away and what it leaves.</summary>
internal sealed record LexerOptions
{
    public char Escape { get; init; } = '\\';

    /// <summary>Quotes are ordinary characters, as in the body of a heredoc.</summary>
    public bool LiteralQuotes { get; init; }

    /// <summary>Quotes quote, but stay in the result.</summary>
    public bool KeepQuotes { get; init; }

    public bool KeepEscapes { get; init; }

    /// <summary>An unset variable stays as it was written.</summary>
    public bool KeepUnset { get; init; }

    /// <summary>Blanks after `&lt;&lt;` and `&lt;&lt;-` belong to the word.</summary>
    public bool JoinHeredocBlanks { get; init; }
}
