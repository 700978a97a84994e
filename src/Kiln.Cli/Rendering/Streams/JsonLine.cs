// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Kiln.Cli.Rendering.Streams;

/// <summary>Documents of one line, without reflection.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(JsonLogLine))]
[JsonSerializable(typeof(JsonEvent))]
internal sealed partial class JsonLine : JsonSerializerContext
{
    internal static JsonLine Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Quotes and letters of any language stay readable: nobody puts these documents into a web page unescaped.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>Writes a document and a line end. A runner of GitHub's takes `##[` anywhere in a line for a command: it stands in strings alone, where it can be written otherwise.</summary>
    internal static void Write<T>(Stream stream, T document, JsonTypeInfo<T> type)
    {
        string line = JsonSerializer.Serialize(document, type).Replace("##[", "#\\u0023[", StringComparison.Ordinal);
        stream.Write(Encoding.UTF8.GetBytes(line + "\n"));
        stream.Flush();
    }
}
