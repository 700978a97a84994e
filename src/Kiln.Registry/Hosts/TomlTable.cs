// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry.Hosts;

/// <summary>A table of TOML. Values are strings, booleans, longs, tables, and lists of values.</summary>
internal sealed class TomlTable
{
    private readonly Dictionary<string, object> _entries = [];

    public IEnumerable<KeyValuePair<string, object>> Entries => _entries;

    public object? Find(string key) => _entries.GetValueOrDefault(key);

    public bool TryAdd(string key, object value) => _entries.TryAdd(key, value);
}
