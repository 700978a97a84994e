// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Planning.Stages;

/// <summary>Variables in the order of their last assignment, as `RUN` gets them.</summary>
internal sealed class VariableScope
{
    private readonly List<KeyValuePair<string, string>> _variables = [];

    internal VariableScope()
    {
    }

    internal VariableScope(VariableScope other) => _variables = [.. other._variables];

    internal IReadOnlyList<KeyValuePair<string, string>> All => _variables;

    internal string? Find(string name)
    {
        int index = _variables.FindIndex(v => v.Key == name);
        return index < 0 ? null : _variables[index].Value;
    }

    internal void Set(string name, string value)
    {
        _variables.RemoveAll(v => v.Key == name);
        _variables.Add(new(name, value));
    }
}
