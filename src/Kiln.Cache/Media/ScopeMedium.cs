// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Kiln.Cache.Entries;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;

namespace Kiln.Cache.Media;

/// <summary>
/// One tag of a registry, under which an index lists all entries: it is read once a build. It is written by reading, adding and writing it anew, and looked at twice
/// afterwards, for others may write what they read before: then it is done once more, for all that this build saved. What is lost all the same is a miss later.
/// </summary>
internal sealed class ScopeMedium(string name, ImageReference scope, RegistryClient client, TimeProvider time) : ICacheMedium, IDisposable
{
    private const int MostRounds = 8;
    private const int Looks = 2;
    private const long LargestConfig = 8 << 20;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _savedLock = new();
    private readonly List<Descriptor> _saved = [];
    private int _written;
    private EntryIndex? _read;

    public string Name { get; } = name;

    public async Task<StoredEntry?> FindAsync(CacheKey key, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _read) is { } known)
            return known.Find(key);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return (_read ??= await ReadWithInlineAsync(cancellationToken)).Find(key);
        }
        finally
        {
            _turn.Release();
        }
    }

    public IBlobSource OpenBlob(Descriptor descriptor) => new RemoteBlob(client, scope, descriptor);

    public void Discard(Descriptor descriptor)
    {
    }

    /// <summary>What several save at the same time is written at once: whoever has the turn writes for all who wait.</summary>
    public async Task SaveAsync(NewEntry entry, CancellationToken cancellationToken)
    {
        await Task.WhenAll(entry.Blobs.Select(blob => client.PushBlobAsync(scope, blob, cancellationToken)));
        await client.TagAsync(scope.ByDigest(entry.Manifest.Digest), entry.Manifest, entry.Blobs, cancellationToken);
        lock (_savedLock)
            _saved.Add(EntryIndex.Describe(entry));
        await _turn.WaitAsync(cancellationToken);
        try
        {
            Descriptor[] all = TakeSaved();
            if (all.Length == _written)
                return;
            await ChangeAsync(index => index.With(all), index => index.Has(all), cancellationToken);
            _written = all.Length;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async IAsyncEnumerable<ListedEntry> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (ListedEntry entry in (await ReadAsync(cancellationToken)).List())
            yield return entry;
    }

    public async Task RemoveAsync(IReadOnlyList<ListedEntry> entries, CancellationToken cancellationToken)
    {
        HashSet<Digest> gone = [.. entries.Select(entry => entry.Manifest).OfType<Digest>()];
        await ChangeAsync(index => index.Without(gone), index => !index.List().Any(entry => gone.Contains(entry.Manifest!.Value)), cancellationToken);
        foreach (Digest manifest in gone)
            await TryDeleteAsync(manifest, cancellationToken);
    }

    public Task<BlobSweep> SweepAsync(IReadOnlySet<Digest> kept, bool removes, CancellationToken cancellationToken) => Task.FromResult(new BlobSweep(0, 0));

    public void Dispose() => _turn.Dispose();

    /// <summary>What the index does not list is nobody's, whether the registry deletes it now or when it cleans up.</summary>
    private async Task TryDeleteAsync(Digest manifest, CancellationToken cancellationToken)
    {
        try
        {
            await client.DeleteManifestAsync(scope.ByDigest(manifest), cancellationToken);
        }
        catch (BuildException e) when (e.Diagnostic.Rule == DiagnosticRules.RegistryRefused || e.Diagnostic.Rule == DiagnosticRules.AccessDenied)
        {
        }
    }

    private Descriptor[] TakeSaved()
    {
        lock (_savedLock)
            return [.. _saved];
    }

    /// <summary>Under the tag may stand an image that has its own entries; that is only looked into.</summary>
    private async Task<EntryIndex> ReadWithInlineAsync(CancellationToken cancellationToken)
    {
        RawDocument? document = await client.FindDocumentAsync(scope, cancellationToken);
        if (document is null)
            return EntryIndex.Empty;
        try
        {
            if (document.MediaType.IsManifest
                && InlineEntries.Read(await ReadConfigAsync(ImageManifest.Parse(document).Config, cancellationToken), Timestamp.From(time.GetUtcNow())) is { } entries)
                return EntryIndex.Of(entries);
        }
        catch (BuildException e) when (e.Diagnostic.Rule == DiagnosticRules.MalformedImage || e.Diagnostic.Rule == DiagnosticRules.ContentMismatch)
        {
            // All of it, and not one entry.
            throw DiagnosticRules.CacheUnusable.Error($"the configuration of `{scope}` cannot be read: {e.Message}", inner: e);
        }
        return EntryIndex.Read(document, scope.ToString());
    }

    private async Task<RawDocument> ReadConfigAsync(Descriptor config, CancellationToken cancellationToken)
    {
        if (config.Size > LargestConfig)
            throw DiagnosticRules.MalformedImage.Error($"the configuration of `{scope}` has {config.Size} bytes, too many");
        await using Stream stream = await client.OpenBlobAsync(scope, config, cancellationToken);
        using var content = new MemoryStream((int)config.Size);
        await stream.CopyToAsync(content, cancellationToken);
        return new RawDocument(config.MediaType, content.ToArray());
    }

    private async Task<EntryIndex> ReadAsync(CancellationToken cancellationToken) =>
        await client.FindDocumentAsync(scope, cancellationToken) is { } document ? EntryIndex.Read(document, scope.ToString()) : EntryIndex.Empty;

    private async Task ChangeAsync(Func<EntryIndex, EntryIndex> change, Predicate<EntryIndex> isDone, CancellationToken cancellationToken)
    {
        EntryIndex present = await ReadAsync(cancellationToken);
        for (int round = 0; round < MostRounds && !await IsLastingAsync(); round++)
        {
            await client.PushManifestAsync(scope, change(present).ToDocument(), cancellationToken);
            present = await ReadAsync(cancellationToken);
        }
        Volatile.Write(ref _read, present);

        async Task<bool> IsLastingAsync()
        {
            for (int look = 0; look < Looks; look++)
            {
                if (!isDone(present))
                    return false;
                // Not all of those who met come back together.
                await Task.Delay(LongestPause * Random.Shared.NextDouble(), time, cancellationToken);
                present = await ReadAsync(cancellationToken);
            }
            return isDone(present);
        }
    }
}
