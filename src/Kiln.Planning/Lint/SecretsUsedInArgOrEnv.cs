// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Instructions;
using Kiln.Dockerfile.Lint;
using Kiln.Planning.Stages;

namespace Kiln.Planning.Lint;

/// <summary>What is called a secret is in neither `ARG` nor `ENV`, which everybody can read in the image.</summary>
public static class SecretsUsedInArgOrEnv
{
    private static readonly HashSet<string> Secret = new(StringComparer.OrdinalIgnoreCase)
    {
        "apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token",
    };

    private static readonly HashSet<string> Harmless = new(StringComparer.OrdinalIgnoreCase) { "public", "file", "version" };

    public static LintRule Rule { get; } = new("SecretsUsedInArgOrEnv", "Sensitive data should not be used in the ARG or ENV commands");

    internal static void Check(Instruction instruction, string word, string name, LintLog log)
    {
        string[] parts = name.Split('_');
        if (parts.Any(Secret.Contains) && !parts.Any(Harmless.Contains))
            log.Report(Rule, instruction, $"Do not use ARG or ENV instructions for sensitive data ({word} {HistoryText.Quote(name)})", name);
    }
}
