// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Kiln.Tests.Cli.Rendering;

/// <summary>docs/reference/events.schema.json, and as much of JSON Schema as it uses; a word that this does not know is refused.</summary>
internal sealed class EventSchema(JsonElement root)
{
    public static EventSchema Read(string checkout) =>
        new(JsonDocument.Parse(File.ReadAllText(Path.Combine(checkout, "docs", "reference", "events.schema.json"))).RootElement);

    /// <summary>The kinds of lines.</summary>
    public IEnumerable<string> Kinds => root.GetProperty("oneOf").EnumerateArray().Select(KindOf);

    /// <summary>What is wrong with a line; null where nothing is.</summary>
    public string? FindFault(string line)
    {
        JsonElement document = JsonDocument.Parse(line).RootElement;
        string kind = document.GetProperty("type").GetString()!;
        JsonElement[] schemas = [.. root.GetProperty("oneOf").EnumerateArray().Where(schema => KindOf(schema) == kind)];
        return schemas is [var only] ? FindFault(document, only, kind) : $"`{kind}` is no kind";
    }

    private static string KindOf(JsonElement schema) => schema.GetProperty("properties").GetProperty("type").GetProperty("const").GetString()!;

    private string? FindFault(JsonElement value, JsonElement schema, string at) =>
        schema.EnumerateObject().Select(word => FindFault(value, schema, word, at)).FirstOrDefault(fault => fault is not null);

    private string? FindFault(JsonElement value, JsonElement schema, JsonProperty word, string at) => word.Name switch
    {
        "description" => null,
        "$ref" => FindFault(value, root.GetProperty("$defs").GetProperty(word.Value.GetString()!.Split('/')[^1]), at),
        "const" => JsonElement.DeepEquals(value, word.Value) ? null : $"{at} is not {word.Value}",
        "enum" => word.Value.EnumerateArray().Any(one => JsonElement.DeepEquals(value, one)) ? null : $"{at} is {value}",
        "type" => IsOf(value, word.Value.GetString()!) ? null : $"{at} is no {word.Value}",
        "minimum" => value.GetDouble() >= word.Value.GetDouble() ? null : $"{at} is {value}",
        "pattern" => Regex.IsMatch(value.GetString()!, word.Value.GetString()!) ? null : $"{at} is `{value}`",
        "items" => value.EnumerateArray().Select((item, i) => FindFault(item, word.Value, $"{at}[{i}]")).FirstOrDefault(fault => fault is not null),
        "required" => word.Value.EnumerateArray().Select(name => name.GetString()!).Where(name => !value.TryGetProperty(name, out _)).Select(name => $"{at} has no `{name}`").FirstOrDefault(),
        "properties" => value.EnumerateObject().Where(member => word.Value.TryGetProperty(member.Name, out _))
            .Select(member => FindFault(member.Value, word.Value.GetProperty(member.Name), $"{at}.{member.Name}")).FirstOrDefault(fault => fault is not null),
        "additionalProperties" => value.EnumerateObject().Where(member => !schema.GetProperty("properties").TryGetProperty(member.Name, out _))
            .Select(member => $"{at} has `{member.Name}`").FirstOrDefault(),
        "oneOf" => word.Value.EnumerateArray().Count(one => FindFault(value, one, at) is null) == 1 ? null : $"{at} is not one of them",
        _ => throw new InvalidOperationException($"`{word.Name}` is not known here"),
    };

    private static bool IsOf(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind == JsonValueKind.Number,
        _ => throw new InvalidOperationException($"`{type}` is not known here"),
    };
}
