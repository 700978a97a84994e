// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Indexes;

namespace Kiln.Layers.Deltas;

/// <summary>What was in a directory, in the order in which the kernel told it: arrays, because a tree has a hundred thousand of such entries.</summary>
internal sealed class RecordedDirectory(byte[] names, RecordedEntry[] entries)
{
    private Dictionary<byte[], int>? _byName;

    internal ReadOnlySpan<RecordedEntry> Entries => entries;

    internal ReadOnlySpan<byte> NameOf(int index) => names.AsSpan(index == 0 ? 0 : entries[index - 1].NameEnd, entries[index].NameEnd - (index == 0 ? 0 : entries[index - 1].NameEnd));

    /// <summary>
    /// Where a name is, -1 for one that was not there. What did not change is told in the same order again, so the guess is mostly right.
    /// </summary>
    internal int Find(ReadOnlySpan<byte> name, int guess)
    {
        if (guess < entries.Length && NameOf(guess).SequenceEqual(name))
            return guess;
        if (_byName is null)
        {
            _byName = new Dictionary<byte[], int>(entries.Length, NameComparer.Instance);
            for (int i = 0; i < entries.Length; i++)
                _byName[NameOf(i).ToArray()] = i;
        }
        return _byName.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out int index) ? index : -1;
    }
}
