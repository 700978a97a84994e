// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Expansion;

/// <summary>What <see cref="WordLexer"/> made of a word. With a fault there is neither text nor words.</summary>
/// <param name="Words">The text cut at white space that was not quoted.</param>
internal sealed record LexerResult(
    string Text, IReadOnlyList<string> Words, IReadOnlyCollection<string> Set, IReadOnlyCollection<string> Unset, LexerFault? Fault);
