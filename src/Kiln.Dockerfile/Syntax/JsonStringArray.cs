// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Syntax;

/// <summary>The exec form: a text that as a whole is a JSON array of strings.</summary>
internal static class JsonStringArray
{
    private const int MaxDepth = 10000;

    /// <summary>
    /// The strings of a text that begins at a place in the arguments; null where the text is not JSON, which then is a shell
    /// command or a list of words. An array of anything else is an error.
    /// </summary>
    public static IReadOnlyList<TextPart>? Parse(RawArguments arguments, int start)
    {
        string text = arguments.Text[start..];
        if (!text.StartsWith('['))
            return null;
        var strings = new List<TextPart>();
        TextPart? other = null;
        byte[] json = Encoding.UTF8.GetBytes(text);
        var places = new Utf8Offsets(json);
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            while (reader.Read())
            {
                int first = start + places.CharsBefore((int)reader.TokenStartIndex), end = start + places.CharsBefore((int)reader.BytesConsumed);
                // A number that no float64 holds is to Go's reader not JSON.
                if (reader.TokenType is JsonTokenType.Number && !double.IsFinite(reader.GetDouble()))
                    return null;
                if (reader.TokenType is JsonTokenType.String)
                    strings.Add(new TextPart(Unescape(ref reader), first, end - first));
                else if (reader.TokenType is not JsonTokenType.EndArray || reader.CurrentDepth > 0)
                    other ??= new TextPart("", first, end - first);
            }
        }
        catch (JsonException)
        {
            return null;
        }
        return other is not { } culprit ? strings : throw DiagnosticRules.JsonArrayNotOfStrings.Error(
            "when using JSON array syntax, arrays must be comprised of strings only", arguments.SpanOf(culprit));
    }

    /// <summary>The reader refuses half of a surrogate pair; Go puts U+FFFD in its place.</summary>
    private static string Unescape(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return LoneSurrogates.Unescape(Encoding.UTF8.GetString(reader.ValueSpan));
        }
    }
}
