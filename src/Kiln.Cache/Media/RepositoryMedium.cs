// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Kiln.Cache.Entries;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;

namespace Kiln.Cache.Media;

/// <summary>A repository of a registry: the manifest of an entry has its key for a tag, so that a hit is one request. Tags of another form are somebody else's.</summary>
internal sealed class RepositoryMedium(string name, ImageReference repository, RegistryClient client, TimeProvider time) : ICacheMedium
{
    private const int ParallelRequests = 8;

    // A registry that takes longer costs more than it spares.
    private static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(30);

    public string Name { get; } = name;

    public async Task<StoredEntry?> FindAsync(CacheKey key, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(LookupTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        return (await ReadAsync(key.ToString(), either.Token))?.Stored;
    }

    public IBlobSource OpenBlob(Descriptor descriptor) => new RemoteBlob(client, repository, descriptor);

    public void Discard(Descriptor descriptor)
    {
    }

    public async Task SaveAsync(NewEntry entry, CancellationToken cancellationToken)
    {
        await Task.WhenAll(entry.Blobs.Select(blob => client.PushBlobAsync(repository, blob, cancellationToken)));
        await client.TagAsync(repository.WithTag(entry.Key.ToString()), entry.Manifest, entry.Blobs, cancellationToken);
    }

    public async IAsyncEnumerable<ListedEntry> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var found = Channel.CreateBounded<ListedEntry>(ParallelRequests);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task reading = ReadAllAsync(found.Writer, end.Token);
        try
        {
            await foreach (ListedEntry entry in found.Reader.ReadAllAsync(cancellationToken))
                yield return entry;
        }
        finally
        {
            await end.CancelAsync();
            await reading;
        }
    }

    public async Task RemoveAsync(IReadOnlyList<ListedEntry> entries, CancellationToken cancellationToken)
    {
        foreach (Digest manifest in entries.Select(entry => entry.Manifest).OfType<Digest>().Distinct())
            await client.DeleteManifestAsync(repository.ByDigest(manifest), cancellationToken);
    }

    public Task<BlobSweep> SweepAsync(IReadOnlySet<Digest> kept, bool removes, CancellationToken cancellationToken) => Task.FromResult(new BlobSweep(0, 0));

    /// <summary>Hands on what is there; its failure is the reader's.</summary>
    private async Task ReadAllAsync(ChannelWriter<ListedEntry> found, CancellationToken cancellationToken)
    {
        try
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = ParallelRequests, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(client.ListTagsAsync(repository, cancellationToken), options, async (tag, token) =>
            {
                if (Digest.TryParse("sha256:" + tag, out _) && await TryReadAsync(tag, token) is { } entry)
                    await found.WriteAsync(entry, token);
            });
            found.Complete();
        }
        catch (Exception e)
        {
            found.Complete(e);
        }
    }

    private async Task<ListedEntry?> TryReadAsync(string tag, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(tag, cancellationToken);
        }
        catch (BuildException e) when (e.Diagnostic.Rule == DiagnosticRules.CacheEntryBroken || e.Diagnostic.Rule == DiagnosticRules.MalformedImage)
        {
            Digest? manifest = await client.FindManifestAsync(repository.WithTag(tag), cancellationToken);
            return new ListedEntry(tag, null, DateTimeOffset.MinValue) { Flaw = e.Message, Manifest = manifest };
        }
    }

    private async Task<ListedEntry?> ReadAsync(string tag, CancellationToken cancellationToken)
    {
        if (await client.FindDocumentAsync(repository.WithTag(tag), cancellationToken) is not { } document || EntryManifest.Read(document, $"{repository.Name}:{tag}") is not { } stored)
            return null;
        return stored.Entry.Key.ToString() == tag
            ? new ListedEntry(tag, stored, stored.Saved.ToDateTimeOffset()) { Manifest = document.Digest }
            : throw DiagnosticRules.CacheEntryBroken.Error($"`{repository.Name}:{tag}` is another key's entry");
    }
}
