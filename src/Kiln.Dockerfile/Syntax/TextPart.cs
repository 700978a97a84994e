// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Syntax;

/// <summary>A word cut out of a text: what it means, and the stretch of the text that it was made from.</summary>
internal readonly record struct TextPart(string Text, int Start, int Length)
{
    public static TextPart Of(string text, int start, int end) => new(text[start..end], start, end - start);
}
