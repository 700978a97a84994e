// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Kiln.Tests.Deploy;

/// <summary>
/// Holds a document against a JSON schema. Of the keywords there are the few that the schemas here use; another one is an exception, for a schema whose rule is
/// passed over proves nothing. A `$ref` is `FILE#NAME`: the definition of that name in a file beside.
/// </summary>
internal sealed class Schema
{
    private static readonly ImmutableHashSet<string> Keywords =
        ["type", "properties", "required", "additionalProperties", "items", "enum", "pattern", "$ref", "$defs", "minItems", "oneOf"];

    private readonly string _directory;
    private readonly JsonObject _rule;

    private Schema(string directory, JsonObject rule)
    {
        (_directory, _rule) = (directory, rule);
        if (rule.Select(pair => pair.Key).FirstOrDefault(key => !Keywords.Contains(key)) is { } unknown)
            throw new InvalidOperationException($"the keyword `{unknown}` of a schema in {directory} is not known");
    }

    public static Schema Load(string file) => new(Path.GetDirectoryName(file)!, JsonNode.Parse(File.ReadAllText(file))!.AsObject());

    /// <summary>What is wrong, each with its place: `/spec/template: the field `tempalte` is not known`.</summary>
    public IReadOnlyList<string> Check(JsonNode? document)
    {
        var faults = new List<string>();
        Check(document, "", faults);
        return faults;
    }

    private void Check(JsonNode? node, string place, List<string> faults)
    {
        if ((string?)_rule["$ref"] is { } reference)
            Find(reference).Check(node, place, faults);
        if (_rule["oneOf"] is JsonArray choices && choices.Count(choice => Of(choice!).Check(node).Count == 0) != 1)
            faults.Add($"{place}: is not one of the {choices.Count} forms");
        if (_rule["type"] is { } type && !Types(type).Contains(TypeOf(node)))
            faults.Add($"{place}: is {TypeOf(node)}, not {string.Join(" or ", Types(type))}");
        if (_rule["enum"] is JsonArray permitted && !permitted.Any(value => JsonNode.DeepEquals(value, node)))
            faults.Add($"{place}: `{node}` is none of {permitted.ToJsonString()}");
        if ((string?)_rule["pattern"] is { } pattern && node?.GetValueKind() is JsonValueKind.String && !Regex.IsMatch((string)node!, pattern))
            faults.Add($"{place}: `{node}` does not match {pattern}");
        if (node is JsonObject fields)
            CheckFields(fields, place, faults);
        if (node is JsonArray elements)
            CheckElements(elements, place, faults);
    }

    private void CheckFields(JsonObject fields, string place, List<string> faults)
    {
        foreach (string missing in (_rule["required"] as JsonArray ?? []).Select(name => (string)name!).Where(name => !fields.ContainsKey(name)))
            faults.Add($"{place}: the field `{missing}` is missing");
        foreach ((string name, JsonNode? value) in fields)
            if (_rule["properties"]?[name] is { } rule)
                Of(rule).Check(value, $"{place}/{name}", faults);
            else if (_rule["additionalProperties"] is JsonObject rest)
                Of(rest).Check(value, $"{place}/{name}", faults);
            else if (_rule["additionalProperties"] is not null)
                faults.Add($"{place}: the field `{name}` is not known");
    }

    private void CheckElements(JsonArray elements, string place, List<string> faults)
    {
        if (elements.Count < ((int?)_rule["minItems"] ?? 0))
            faults.Add($"{place}: has {elements.Count} elements");
        if (_rule["items"] is { } rule)
            for (int i = 0; i < elements.Count; i++)
                Of(rule).Check(elements[i], $"{place}/{i}", faults);
    }

    private Schema Of(JsonNode rule) => new(_directory, rule.AsObject());

    private Schema Find(string reference)
    {
        string[] parts = reference.Split('#');
        return Of(Load(Path.Combine(_directory, parts[0]))._rule["$defs"]?[parts[1]] ?? throw new InvalidOperationException($"{reference} is nowhere defined"));
    }

    private static IEnumerable<string> Types(JsonNode type) => type is JsonArray several ? several.Select(one => (string)one!) : [(string)type!];

    private static string TypeOf(JsonNode? node) => node?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => "number",
    };
}
