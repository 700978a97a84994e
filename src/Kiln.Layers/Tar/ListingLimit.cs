// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Layers.Tar;

/// <summary>
/// Stops the reading of an archive whose listing takes more memory than there is. Few bytes, well packed, can say millions of entries; but so do large
/// images that nobody means harm with, and therefore the memory itself is asked and not a number of entries.
/// </summary>
/// <param name="measure">The bytes that are in use; true for a figure without what could be freed, which takes long.</param>
/// <param name="most">How many there may be.</param>
internal sealed class ListingLimit(Func<bool, long> measure, long most)
{
    /// <summary>What an entry costs beside its bytes: the record, its node in the view, names as objects. Measured, 64 bits.</summary>
    private const int EntryCost = 500;

    private const long Interval = 32L << 20;

    private long _entries;
    private long _next = Interval;
    private long _weight;

    /// <summary>The process's own heap, up to four fifths of what the garbage collector may use: the machine's memory, or the container's limit.</summary>
    internal ListingLimit()
        : this(GC.GetTotalMemory, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 5 * 4)
    {
    }

    internal void Count(LayerEntry entry)
    {
        _entries++;
        _weight += EntryCost + entry.Path.Bytes.Length + entry.LinkText.Length + entry.HardLinkTarget.Bytes.Length;
        foreach (var attribute in entry.Xattrs)
            _weight += 100 + attribute.Name.Length + attribute.Value.Length;
        if (_weight < _next)
            return;
        long used = measure(false);
        if (used > most)
            used = measure(true);
        if (used > most)
            throw new ArchiveLimitException($"its {_entries:N0} entries so far do not fit into memory");
        // The nearer, the more often.
        _next = _weight + Math.Max(Interval, (most - used) / 4);
    }
}
