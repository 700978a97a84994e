// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Layers.Tar;

namespace Kiln.Layers.Blobs;

/// <summary>
/// Writes a layer's blob in one pass: entries to tar, its SHA-256 (the diff id), compression, SHA-256 (the digest), file. The numbers exist only
/// once the last byte is written. The same entries always give the same bytes, on however many processors.
/// </summary>
public sealed class LayerWriter : IDisposable
{
    private readonly PackingStream _packing;
    private readonly TarWriter _tar;
    private readonly List<LayerEntry> _entries = [];

    /// <param name="blob">Where the blob goes; stays open. It is written to by another thread.</param>
    /// <param name="compression">How it is packed.</param>
    /// <param name="packers">How many threads pack; what comes out does not depend on it.</param>
    public LayerWriter(Stream blob, CompressionOptions compression, int packers)
    {
        _packing = new PackingStream(blob, compression.NewFormat(), packers);
        _tar = new TarWriter(_packing);
    }

    public void Write(DeltaEntry entry, CancellationToken cancellationToken)
    {
        using Stream? content = entry.Entry.Size > 0 ? entry.Content?.Open() : null;
        _tar.Write(entry.Entry, content, cancellationToken);
        _entries.Add(entry.Entry);
    }

    public LayerSummary Complete()
    {
        _tar.Complete();
        return _packing.Complete();
    }

    /// <summary>What was written, so that nobody has to read it back.</summary>
    public LayerIndex ToIndex() => new(_entries);

    /// <summary>Ends all threads, whether the layer is complete or not.</summary>
    public void Dispose() => _packing.Dispose();
}
