// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Syntax;

/// <summary>An instruction cut into its parts; whether they make sense is not known yet.</summary>
internal sealed record RawInstruction
{
    public required LogicalLine Line { get; init; }

    /// <summary>With the heredocs.</summary>
    public required SourceSpan Span { get; init; }

    /// <summary>The instruction's name as written.</summary>
    public required string Word { get; init; }

    public required SourceSpan WordSpan { get; init; }

    public required IReadOnlyList<BuilderFlag> Flags { get; init; }

    public required RawArguments Arguments { get; init; }

    public IReadOnlyList<Heredoc> Heredocs { get; init; } = [];

    /// <summary>What the heredocs hold, and where.</summary>
    public IReadOnlyList<Word> Bodies { get; init; } = [];

    /// <summary>What an `ONBUILD` holds.</summary>
    public RawInstruction? Trigger { get; init; }

    public string Name => Word.ToUpperInvariant();
}
