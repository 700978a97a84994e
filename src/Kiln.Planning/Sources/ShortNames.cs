// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Diagnostics;

namespace Kiln.Planning.Sources;

/// <summary>What names without a registry stand for where the machine's configuration says so; Docker Hub's images otherwise.</summary>
/// <param name="Aliases">Whole names, by the short name without tag.</param>
/// <param name="Registries">Where such names are looked for. Of several Docker Hub is taken: which has the image is not guessed.</param>
public sealed record ShortNames(ImmutableDictionary<string, string> Aliases, ImmutableArray<string> Registries)
{
    private const string DockerHub = "docker.io";

    public static ShortNames None { get; } = new(ImmutableDictionary<string, string>.Empty, []);

    /// <summary>The name as it is to be read.</summary>
    internal string Expand(string name, SourceSpan span)
    {
        if (!IsShort(name))
            return name;
        int end = name.IndexOfAny(['@', ':']);
        string repository = end < 0 ? name : name[..end];
        if (Aliases.TryGetValue(repository, out string? whole))
            return whole + name[repository.Length..];
        return Registries switch
        {
            [] => name,
            [var only] => $"{only}/{name}",
            _ when Registries.Contains(DockerHub) => name,
            _ => throw DiagnosticRules.InvalidReference.Error(
                $"`{name}` may be of several registries: {string.Join(", ", Registries.Select(registry => $"`{registry}`"))}", span,
                "write the registry before the name, or an alias into `registries.conf`"),
        };
    }

    /// <summary>The first part is a registry's host if it could not be a repository of Docker Hub.</summary>
    private static bool IsShort(string name)
    {
        int slash = name.IndexOf('/');
        string first = slash < 0 ? "" : name[..slash];
        return first.AsSpan().IndexOfAny(".:") < 0 && first != "localhost" && !first.Any(char.IsAsciiLetterUpper);
    }
}
