// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Expansion;

/// <summary>Why a word cannot be read.</summary>
internal sealed record LexerFault(DiagnosticRule Rule, string Message)
{
    /// <summary>What to do about it; null where the rule's own cure says it.</summary>
    public string? Hint { get; init; }

    /// <summary>Where in the word it is.</summary>
    public int Start { get; init; }

    public int Length { get; init; }
}
