// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Instructions;

/// <summary>
/// Reads `--mount` values. Keys are read from left to right with the type known so far, so that those of a type stand behind
/// `type=`.
/// </summary>
public static class RunMountParser
{
    /// <param name="expand">Expands a value; the value of `from` is taken as it is.</param>
    public static MountOptions Parse(string csv, Func<string, string> expand, SourceSpan span)
    {
        var reader = new MountReader(span);
        foreach (string field in FieldsOf(csv, span))
        {
            (string key, string? value) = Cut(field);
            if (value is null)
                reader.ReadBare(key, field);
            else
                reader.Read(key, key == "from" ? value : expand(value), field);
        }
        return reader.Finish();
    }

    /// <summary>What a mount is from, which is known without any value.</summary>
    internal static string? FindFrom(string csv, SourceSpan span)
    {
        string? from = null;
        foreach (string field in FieldsOf(csv, span))
        {
            if (Cut(field) is not ("from", { } value))
                continue;
            int dollar = value.IndexOf('$');
            if (dollar >= 0 && dollar < value.Length - 1)
                throw DiagnosticRules.VariableInMountFrom.Error(
                    "'from' doesn't support variable expansion, define alias stage instead", span.Find(value));
            from = value.Length == 0 ? null : value;
        }
        return from;
    }

    private static IReadOnlyList<string> FieldsOf(string csv, SourceSpan span) =>
        CsvFields.Split(csv) ?? throw DiagnosticRules.InvalidMountSyntax.Error("failed to parse csv mounts: misplaced quote", span);

    private static (string Key, string? Value) Cut(string field)
    {
        int equals = field.IndexOf('=');
        return equals < 0 ? (field.ToLowerInvariant(), null) : (field[..equals].ToLowerInvariant(), field[(equals + 1)..]);
    }
}
