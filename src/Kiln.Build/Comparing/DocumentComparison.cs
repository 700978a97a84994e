// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Kiln.Oci;

namespace Kiln.Build.Comparing;

/// <summary>Finds the first member in which two JSON documents differ, by its path: `config.Labels.version`.</summary>
internal static class DocumentComparison
{
    /// <summary>Null where they say the same.</summary>
    internal static string? FindDifference(RawDocument first, RawDocument second)
    {
        using JsonDocument one = JsonDocument.Parse(first.Content), two = JsonDocument.Parse(second.Content);
        return FindDifference(one.RootElement, two.RootElement, "");
    }

    private static string? FindDifference(JsonElement first, JsonElement second, string path)
    {
        if (JsonElement.DeepEquals(first, second))
            return null;
        if (first.ValueKind == JsonValueKind.Object && second.ValueKind == JsonValueKind.Object)
            foreach (string name in first.EnumerateObject().Concat(second.EnumerateObject()).Select(m => m.Name).Distinct())
            {
                string inner = path.Length == 0 ? name : $"{path}.{name}";
                bool isInFirst = first.TryGetProperty(name, out JsonElement x), isInSecond = second.TryGetProperty(name, out JsonElement y);
                if (isInFirst != isInSecond)
                    return inner;
                if (FindDifference(x, y, inner) is { } difference)
                    return difference;
            }
        if (first.ValueKind == JsonValueKind.Array && second.ValueKind == JsonValueKind.Array)
            foreach (((JsonElement x, JsonElement y), int i) in first.EnumerateArray().Zip(second.EnumerateArray()).Select((pair, i) => (pair, i)))
                if (FindDifference(x, y, $"{path}[{i}]") is { } difference)
                    return difference;
        return path;
    }
}
