// SPDX-License-Identifier: Apache-2.0
using System.IO.Compression;
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Layers.Tar;
using Kiln.Oci;

namespace Kiln.Layers.Blobs;

/// <summary>
/// Writes a layer's blob in one pass: entries to tar, its SHA-256 (the diff id), gzip, SHA-256 (the digest), file. The numbers exist only
/// once the last byte is written. The same entries always give the same bytes.
/// </summary>
public sealed class LayerWriter : IDisposable
{
    private readonly DigestingStream _packed;
    private readonly GZipStream _gzip;
    private readonly DigestingStream _plain;
    private readonly TarWriter _tar;
    private readonly List<LayerEntry> _entries = [];

    /// <param name="blob">Where the blob goes; stays open.</param>
    public LayerWriter(Stream blob)
    {
        _packed = new DigestingStream(blob);
        _gzip = new GZipStream(_packed, CompressionLevel.Optimal, leaveOpen: true);
        _plain = new DigestingStream(_gzip);
        _tar = new TarWriter(_plain);
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
        Digest diffId = _plain.Complete().Digest;
        _gzip.Dispose();
        (Digest digest, long size) = _packed.Complete();
        return new LayerSummary(diffId, digest, size);
    }

    /// <summary>What was written, so that nobody has to read it back.</summary>
    public LayerIndex ToIndex() => new(_entries);

    public void Dispose()
    {
        _plain.Dispose();
        _gzip.Dispose();
        _packed.Dispose();
    }
}
