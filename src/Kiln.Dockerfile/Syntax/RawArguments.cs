// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Syntax;

/// <summary>The arguments of an instruction, cut up by its grammar.</summary>
/// <param name="Text">All of them as written, continuation lines joined.</param>
internal sealed record RawArguments(string Text, SourceSpan Span)
{
    public IReadOnlyList<string> Values { get; init; } = [];

    public bool IsJson { get; init; }

    /// <summary>Whether a pair was written `name value`: then the values are the name and the value.</summary>
    public bool IsLegacyPair { get; init; }
}
