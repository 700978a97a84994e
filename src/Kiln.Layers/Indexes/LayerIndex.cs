// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Tar;

namespace Kiln.Layers.Indexes;

/// <summary>
/// What one layer says, without its content: the archive's entries in their order, whiteouts among them
/// (<see cref="LayerPath.Classify"/> tells which).
/// </summary>
public sealed class LayerIndex(IReadOnlyList<LayerEntry> entries)
{
    public IReadOnlyList<LayerEntry> Entries { get; } = entries;

    /// <summary>Reads an archive to its end. The content is passed over.</summary>
    public static LayerIndex Read(Stream plainTar, CancellationToken cancellationToken)
    {
        var entries = new List<LayerEntry>();
        var reader = new TarReader(plainTar);
        while (reader.ReadNext() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            entries.Add(entry.Metadata);
        }
        return new LayerIndex(entries);
    }
}
