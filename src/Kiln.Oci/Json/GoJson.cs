// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Kiln.Oci.Json;

/// <summary>
/// Writes JSON byte for byte as Go's encoding/json does, because digests are over those bytes: `&lt;`, `&gt;`, `&amp;`, U+2028 and
/// U+2029 and control characters as lower-case `\u` escapes, everything else as it is.
/// </summary>
internal static class GoJson
{
    /// <summary>json.Marshal, with the members of the outermost object in the order of a Go map: sorted by bytes.</summary>
    public static byte[] CompactSorted(JsonElement root)
    {
        var output = new ArrayBufferWriter<byte>();
        WriteObject(output, root.EnumerateObject().OrderBy(member => member.Name, Utf8Order.Instance), depth: null);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>json.MarshalIndent with two spaces.</summary>
    public static byte[] Indented(JsonElement root)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(output, root, depth: 0);
        return output.WrittenSpan.ToArray();
    }

    // The depth is null where nothing is indented.
    private static void Write(ArrayBufferWriter<byte> output, JsonElement element, int? depth)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(output, element.EnumerateObject(), depth);
                break;
            case JsonValueKind.Array:
                WriteArray(output, element, depth);
                break;
            case JsonValueKind.String:
                WriteString(output, element.GetString()!);
                break;
            default:
                output.Write(Encoding.UTF8.GetBytes(element.GetRawText()));
                break;
        }
    }

    private static void WriteObject(ArrayBufferWriter<byte> output, IEnumerable<JsonProperty> members, int? depth)
    {
        output.Write("{"u8);
        bool first = true;
        foreach (JsonProperty member in members)
        {
            Separate(output, ref first, depth + 1);
            WriteString(output, member.Name);
            output.Write(depth is null ? ":"u8 : ": "u8);
            Write(output, member.Value, depth + 1);
        }
        if (!first)
            BreakLine(output, depth);
        output.Write("}"u8);
    }

    private static void WriteArray(ArrayBufferWriter<byte> output, JsonElement array, int? depth)
    {
        output.Write("["u8);
        bool first = true;
        foreach (JsonElement item in array.EnumerateArray())
        {
            Separate(output, ref first, depth + 1);
            Write(output, item, depth + 1);
        }
        if (!first)
            BreakLine(output, depth);
        output.Write("]"u8);
    }

    private static void Separate(ArrayBufferWriter<byte> output, ref bool first, int? depth)
    {
        if (!first)
            output.Write(","u8);
        first = false;
        BreakLine(output, depth);
    }

    private static void BreakLine(ArrayBufferWriter<byte> output, int? depth)
    {
        if (depth is not { } spaces)
            return;
        output.Write("\n"u8);
        for (int i = 0; i < spaces; i++)
            output.Write("  "u8);
    }

    private static void WriteString(ArrayBufferWriter<byte> output, string text)
    {
        var escaped = new StringBuilder(text.Length + 2).Append('"');
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' or '\\' => escaped.Append('\\').Append(c),
                '\b' => escaped.Append("\\b"),
                '\f' => escaped.Append("\\f"),
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\t' => escaped.Append("\\t"),
                < ' ' or '<' or '>' or '&' or '\u2028' or '\u2029' => escaped.Append("\\u").Append(((int)c).ToString("x4")),
                _ => escaped.Append(c),
            };
        }
        output.Write(Encoding.UTF8.GetBytes(escaped.Append('"').ToString()));
    }
}
