// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Syntax;

/// <summary>The exec form: a text that as a whole is a JSON array of strings.</summary>
internal static class JsonStringArray
{
    private const int MaxDepth = 10000;

    /// <summary>The strings; null where the text is not JSON, which then is a shell command or a list of words. An array of anything else is an error.</summary>
    public static IReadOnlyList<string>? Parse(string text, SourceSpan span)
    {
        if (!text.StartsWith('['))
            return null;
        var strings = new List<string>();
        bool onlyStrings = true;
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String)
                    strings.Add(Unescape(ref reader));
                else if (reader.TokenType is not JsonTokenType.EndArray || reader.CurrentDepth > 0)
                    onlyStrings = false;
            }
        }
        catch (JsonException)
        {
            return null;
        }
        return onlyStrings ? strings : throw DiagnosticRules.JsonArrayNotOfStrings.Error(
            "when using JSON array syntax, arrays must be comprised of strings only", span);
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
