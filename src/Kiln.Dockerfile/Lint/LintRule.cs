// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Lint;

/// <summary>
/// One check: the name and the description that BuildKit gives it, by which people skip it and look it up. Each rule is a class that
/// holds this and finds what breaks it; `LintRules` in Kiln.Planning lists them all.
/// </summary>
/// <param name="Name">In Pascal case: `StageNameCasing`.</param>
/// <param name="Description">One line.</param>
public sealed record LintRule(string Name, string Description)
{
    /// <summary>Runs only where `experimental=` names it; `skip=` does not concern it.</summary>
    public bool IsExperimental { get; init; }

    /// <summary>Docker's page about it.</summary>
    public string Url => $"https://docs.docker.com/go/dockerfile/rule/{KebabCase(Name)}/";

    /// <summary>`JSONArgsRecommended` is `json-args-recommended`.</summary>
    private static string KebabCase(string name) => string.Concat(name.Select((c, i) =>
    {
        bool begins = i > 0 && char.IsUpper(c) && (char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
        return (begins ? "-" : "") + char.ToLowerInvariant(c);
    }));
}
