// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Kiln.Cache.Entries;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Store;

namespace Kiln.Cache.Media;

/// <summary>
/// An OCI image layout, whose index lists the entries beside whatever else is in it. The index alone is locked, and only while it is changed.
/// </summary>
internal sealed class LayoutMedium(string name, string directory, TimeProvider time) : ICacheMedium
{
    /// <summary>Other programs find an image in a layout by it (image-spec, annotations.md).</summary>
    private const string RefName = "org.opencontainers.image.ref.name";

    private readonly DirectoryBlobs _blobs = new(directory, time);
    private readonly OciLayoutReader _reader = new(directory);
    private readonly OciLayoutWriter _writer = new(directory, time);
    private readonly string _indexFile = Path.Combine(directory, "index.json");
    private ReadIndex? _read;

    public string Name { get; } = name;

    public async Task<StoredEntry?> FindAsync(CacheKey key, CancellationToken cancellationToken)
    {
        if ((await ReadAsync(cancellationToken)).Find(key) is not { } stored)
            return null;
        if (stored.Entry.Layer is { Descriptor: var layer })
        {
            if (!_blobs.Contains(layer))
                throw DiagnosticRules.CacheEntryBroken.Error($"the layer of `{key}` in `{directory}` is missing or cut off");
            _blobs.Touch(layer);
        }
        return stored;
    }

    public IBlobSource OpenBlob(Descriptor descriptor) => _blobs.Open(descriptor);

    public void Discard(Descriptor descriptor) => _blobs.Discard(descriptor);

    public async Task SaveAsync(NewEntry entry, CancellationToken cancellationToken)
    {
        _writer.Prepare();
        foreach (IBlobSource blob in entry.Blobs.Append(entry.Manifest))
            await _blobs.AddAsync(blob, cancellationToken);
        Descriptor listed = EntryIndex.Describe(entry);
        listed = listed with { Annotations = listed.Annotations.Add(RefName, entry.Key.ToString()) };
        await _writer.ChangeIndexAsync(index => EntryIndex.Of(index).With([listed]).ToImageIndex(), cancellationToken);
    }

    public async IAsyncEnumerable<ListedEntry> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (ListedEntry entry in (await ReadAsync(cancellationToken)).List())
        {
            yield return entry.Stored?.Entry.Layer is { Descriptor: var layer } && !_blobs.Contains(layer)
                ? entry with { Flaw = $"the layer of `{entry.Name}` in `{directory}` is missing or cut off" }
                : entry;
        }
    }

    public Task RemoveAsync(IReadOnlyList<ListedEntry> entries, CancellationToken cancellationToken)
    {
        HashSet<Digest> gone = [.. entries.Select(entry => entry.Manifest).OfType<Digest>()];
        return _writer.ChangeIndexAsync(index => EntryIndex.Of(index).Without(gone).ToImageIndex(), cancellationToken);
    }

    /// <summary>What the images need that lie in the layout too stays, and the entries' own documents.</summary>
    public async Task<BlobSweep> SweepAsync(IReadOnlySet<Digest> kept, bool removes, CancellationToken cancellationToken)
    {
        if (!File.Exists(_indexFile))
            return new BlobSweep(0, 0);
        EntryIndex index = await ReadAsync(cancellationToken);
        HashSet<Digest> wanted = [.. kept, EntryManifest.NoLayer.Digest, .. index.List().Select(entry => entry.Manifest).OfType<Digest>()];
        foreach (Descriptor other in index.Others)
        {
            ImageTree image = await ImageTree.ReadAsync(new LocatedImage(directory, await _reader.ReadAsync(other, cancellationToken), _reader), cancellationToken);
            wanted.UnionWith(image.Documents.Select(document => document.Digest).Concat(image.Blobs.Select(blob => blob.Descriptor.Digest)));
        }
        return _blobs.Sweep(wanted, removes);
    }

    /// <summary>The index, read anew when its file is another one.</summary>
    private async Task<EntryIndex> ReadAsync(CancellationToken cancellationToken)
    {
        var file = new FileInfo(_indexFile);
        if (!file.Exists)
            return EntryIndex.Empty;
        if (Volatile.Read(ref _read) is { } known && known.Time == file.LastWriteTimeUtc && known.Size == file.Length)
            return known.Index;
        var read = new ReadIndex(file.LastWriteTimeUtc, file.Length, EntryIndex.Of(await _reader.ReadIndexAsync(cancellationToken)));
        Volatile.Write(ref _read, read);
        return read.Index;
    }

    private sealed record ReadIndex(DateTime Time, long Size, EntryIndex Index);
}
