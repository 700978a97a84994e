// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Syntax;

namespace Kiln.Dockerfile.Instructions;

/// <summary>Checks the flags of an instruction against those that it knows, in the order in which they were written.</summary>
internal sealed class FlagReader
{
    private readonly Dictionary<string, List<BuilderFlag>> _values = new(StringComparer.Ordinal);

    public FlagReader(RawInstruction instruction)
    {
        IReadOnlyList<FlagDefinition> known = InstructionTable.FlagsOf(instruction.Name);
        foreach (BuilderFlag flag in instruction.Flags)
        {
            FlagDefinition definition = known.FirstOrDefault(definition => definition.Name == flag.Name) ?? throw Unknown(flag, instruction.Name, known);
            if (_values.TryGetValue(flag.Name, out List<BuilderFlag>? values))
            {
                if (definition.Kind is not FlagKind.List)
                    throw DiagnosticRules.RepeatedFlag.Error($"duplicate flag specified: --{flag.Name}", flag.Span);
            }
            else
            {
                _values[flag.Name] = values = [];
            }
            RequireValue(flag, definition.Kind);
            values.Add(flag);
        }
    }

    public string? Text(string name) => Find(name)?.Value;

    /// <summary>Null where the flag is missing.</summary>
    public bool? Boolean(string name) => Find(name) is { } flag ? flag.Value is null || IsBoolean(flag.Value, "true") : null;

    public BuilderFlag? Find(string name) => All(name) is [{ } flag, ..] ? flag : null;

    public IReadOnlyList<BuilderFlag> All(string name) => _values.TryGetValue(name, out List<BuilderFlag>? values) ? values : [];

    private static void RequireValue(BuilderFlag flag, FlagKind kind)
    {
        if (kind is FlagKind.Boolean ? flag.Value is "" : flag.Value is null)
            throw DiagnosticRules.MissingFlagValue.Error(
                $"missing a value on flag: --{flag.Name}", flag.Span, kind is FlagKind.Boolean ? $"write `--{flag.Name}` alone" : $"write `--{flag.Name}=VALUE`");
        if (kind is FlagKind.Boolean && flag.Value is { } value && !IsBoolean(value, "true") && !IsBoolean(value, "false"))
            throw DiagnosticRules.InvalidFlagValue.Error(
                $"expecting boolean value for flag --{flag.Name}, not: {value}", flag.ValueSpan, "write `true` or `false`");
    }

    private static bool IsBoolean(string value, string expected) => value.Equals(expected, StringComparison.OrdinalIgnoreCase);

    private static BuildException Unknown(BuilderFlag flag, string instruction, IReadOnlyList<FlagDefinition> known)
    {
        string? meant = Suggestion.Closest(flag.Name, known.Select(definition => definition.Name));
        string hint = meant is not null ? $"write `--{meant}`"
            : known.Count == 0 ? $"`{instruction}` takes no flags; an argument that begins with `--` goes behind a bare `--`"
            : $"the flags of `{instruction}` are " + string.Join(", ", known.Select(definition => $"`--{definition.Name}`"));
        return DiagnosticRules.UnknownFlag.Error(
            $"unknown flag: --{flag.Name}{(meant is null ? "" : $" (did you mean {meant}?)")}", flag.NameSpan, hint);
    }
}
