// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.RegularExpressions;
using Kiln.Tests.Dockerfile;

namespace Kiln.Tests.Planning;

/// <summary>A Dockerfile that Docker has built or refused, with what the build was given and what came out.</summary>
internal sealed record ConformanceCase(string Name, IReadOnlyDictionary<string, string> Files)
{
    public string Dockerfile => Files[Text("dockerfile") is { } path ? $"context/{path}" : "Dockerfile"];

    /// <summary>Whether the Dockerfile is there, and not made or changed when the build is set up.</summary>
    public bool HasDockerfile => Files.ContainsKey(Text("dockerfile") is { } path ? $"context/{path}" : "Dockerfile")
        && !Files.GetValueOrDefault("setup.sh", "").Contains("Dockerfile", StringComparison.Ordinal);

    private JsonElement Settings => JsonDocument.Parse(Files.GetValueOrDefault("case.json") ?? "{}").RootElement;

    public static IReadOnlyList<string> Names()
    {
        string folder = SharedFiles.Require("conformance/cases");
        return [.. Directory.GetFiles(folder, "*.case").Select(Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal)];
    }

    public static ConformanceCase Read(string name)
    {
        string text = "\n" + File.ReadAllText(SharedFiles.Require($"conformance/cases/{name}.case"));
        MatchCollection marks = Regex.Matches(text, @"(?<=\n)-- (\S+) --\r?(\n|$)");
        var files = new Dictionary<string, string>();
        for (int i = 0; i < marks.Count; i++)
            files[marks[i].Groups[1].Value] = text[(marks[i].Index + marks[i].Length)..(i + 1 < marks.Count ? marks[i + 1].Index : text.Length)];
        return new ConformanceCase(name, files);
    }

    public static JsonElement ReadExpected(string name) =>
        JsonDocument.Parse(File.ReadAllText(SharedFiles.Require($"conformance/expected/{name}.json"))).RootElement;

    /// <summary>A member of case.json that is a text, or null.</summary>
    public string? Text(string member) =>
        Settings.TryGetProperty(member, out JsonElement value) && value.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>A member of case.json that is a map. A name without a value has that of the environment.</summary>
    public IEnumerable<KeyValuePair<string, string>> Map(string member) =>
        !Settings.TryGetProperty(member, out JsonElement map) ? [] : map.EnumerateObject()
            .Select(p => KeyValuePair.Create(p.Name, p.Value.GetString() ?? Map("env").FirstOrDefault(e => e.Key == p.Name).Value))
            .Where(p => p.Value is not null);
}
