// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kiln.SystemTests.Deploy;

/// <summary>Puts values where a document names them, as a system does before it makes a container.</summary>
internal static class Substitution
{
    /// <summary>A copy in which every reference has its value: in a text a string, in place of an element several words or none.</summary>
    /// <param name="node">The document.</param>
    /// <param name="values">By reference as it is written: `$(params.IMAGE)`.</param>
    /// <param name="lists">By element: `$(params.EXTRA_ARGS[*])`.</param>
    public static JsonNode? In(JsonNode? node, IReadOnlyDictionary<string, string> values, IReadOnlyDictionary<string, string[]>? lists = null) => node switch
    {
        JsonObject fields => new JsonObject(fields.Select(pair => KeyValuePair.Create(pair.Key, In(pair.Value, values, lists)))),
        JsonArray elements => new JsonArray([.. elements.SelectMany(element =>
            element?.GetValueKind() is JsonValueKind.String && lists?.GetValueOrDefault((string)element!) is { } words
                ? words.Select(word => (JsonNode?)JsonValue.Create(word))
                : [In(element, values, lists)])]),
        JsonValue value when value.GetValueKind() is JsonValueKind.String => JsonValue.Create(In((string)value!, values)),
        _ => node?.DeepClone(),
    };

    public static string In(string text, IReadOnlyDictionary<string, string> values) => values.Aggregate(text, (result, pair) => result.Replace(pair.Key, pair.Value, StringComparison.Ordinal));
}
