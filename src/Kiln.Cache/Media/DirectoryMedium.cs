// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Kiln.Cache.Entries;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Cache.Media;

/// <summary>
/// A directory: `entries/KEY` is an entry's manifest, `blobs/sha256/HEX` a blob. Nothing is locked: each file gets its name in one step when it is complete, and two
/// builds that save the same key save the same result.
/// </summary>
internal sealed class DirectoryMedium(string name, string directory, TimeProvider time) : ICacheMedium
{
    private readonly DirectoryBlobs _blobs = new(directory, time);
    private readonly string _entries = Path.Combine(directory, "entries");

    public string Name { get; } = name;

    public async Task<StoredEntry?> FindAsync(CacheKey key, CancellationToken cancellationToken)
    {
        if (await ReadAsync(PathOf(key), cancellationToken) is not { } stored)
            return null;
        _blobs.Touch(PathOf(key));
        if (stored.Entry.Layer is { } layer)
            _blobs.Touch(layer.Descriptor);
        return stored;
    }

    public IBlobSource OpenBlob(Descriptor descriptor) => _blobs.Open(descriptor);

    public void Discard(Descriptor descriptor) => _blobs.Discard(descriptor);

    public async Task SaveAsync(NewEntry entry, CancellationToken cancellationToken)
    {
        foreach (IBlobSource blob in entry.Blobs)
            await _blobs.AddAsync(blob, cancellationToken);
        await _blobs.ReplaceAsync(PathOf(entry.Key), entry.Manifest.Content, cancellationToken);
    }

    public async IAsyncEnumerable<ListedEntry> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IEnumerable<FileInfo> files = Directory.Exists(_entries) ? new DirectoryInfo(_entries).EnumerateFiles() : [];
        foreach (FileInfo file in files.OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            if (Digest.TryParse("sha256:" + file.Name, out _) && await TryListAsync(file, cancellationToken) is { } listed)
                yield return listed;
        }
    }

    public Task RemoveAsync(IReadOnlyList<ListedEntry> entries, CancellationToken cancellationToken)
    {
        foreach (ListedEntry entry in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            File.Delete(Path.Combine(_entries, entry.Name));
        }
        return Task.CompletedTask;
    }

    public Task<BlobSweep> SweepAsync(IReadOnlySet<Digest> kept, bool removes, CancellationToken cancellationToken) => Task.FromResult(_blobs.Sweep(kept, removes));

    private string PathOf(CacheKey key) => Path.Combine(_entries, key.ToString());

    private async Task<StoredEntry?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (await SmallFile.FindAsync(path, EntryManifest.LargestSize, cancellationToken) is not { } content)
            return null;
        StoredEntry stored = EntryManifest.Read(new RawDocument(MediaType.OciManifest, content), path)
            ?? throw DiagnosticRules.CacheEntryBroken.Error($"`{path}` is no entry of a cache");
        if (stored.Entry.Key.ToString() != Path.GetFileName(path))
            throw DiagnosticRules.CacheEntryBroken.Error($"`{path}` is another key's entry");
        return stored.Entry.Layer is null || _blobs.Contains(stored.Entry.Layer.Descriptor)
            ? stored
            : throw DiagnosticRules.CacheEntryBroken.Error($"the layer of `{path}` is missing or cut off");
    }

    /// <summary>Null for what was removed meanwhile.</summary>
    private async Task<ListedEntry?> TryListAsync(FileInfo file, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(file.FullName, cancellationToken) is { } stored ? new ListedEntry(file.Name, stored, new DateTimeOffset(file.LastWriteTimeUtc)) : null;
        }
        catch (BuildException e)
        {
            return new ListedEntry(file.Name, null, new DateTimeOffset(file.LastWriteTimeUtc)) { Flaw = e.Message };
        }
    }
}
