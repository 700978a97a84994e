// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Kiln.Cache.Entries;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Store.Buckets;

namespace Kiln.Cache.Media;

/// <summary>A bucket: `PREFIXentries/SCOPE/KEY` is an entry's manifest, `PREFIXblobs/sha256/HEX` a blob. An object is there when all of it is.</summary>
internal sealed class BucketMedium(BucketCache place, BucketClient client, TimeProvider time) : ICacheMedium, IDisposable
{
    private static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(30);

    // A bucket does not know what was wanted, only what was written: a blob that nobody names stays for a day, and one that is wanted again is written again in time.
    private static readonly TimeSpan Grace = TimeSpan.FromDays(1);

    public string Name => place.Name;

    public async Task<StoredEntry?> FindAsync(CacheKey key, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(LookupTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        return await ReadAsync(Entries + key, either.Token);
    }

    public void Dispose() => client.Dispose();

    public IBlobSource OpenBlob(Descriptor descriptor) => new StoredBlob(client, KeyOf(descriptor), descriptor);

    public void Discard(Descriptor descriptor)
    {
    }

    public async Task SaveAsync(NewEntry entry, CancellationToken cancellationToken)
    {
        foreach (IBlobSource blob in entry.Blobs)
        {
            string key = KeyOf(blob.Descriptor);
            BucketObject? present = await client.FindObjectAsync(key, cancellationToken);
            if (present?.Size != blob.Descriptor.Size || time.GetUtcNow() - present.Modified > Grace / 2)
                await client.PutAsync(key, blob, cancellationToken);
        }
        await client.PutAsync(Entries + entry.Key, entry.Manifest, cancellationToken);
    }

    public async IAsyncEnumerable<ListedEntry> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (BucketObject one in client.ListAsync(Entries, cancellationToken))
        {
            if (Digest.TryParse("sha256:" + one.Key[Entries.Length..], out _) && await TryListAsync(one, cancellationToken) is { } listed)
                yield return listed;
        }
    }

    public async Task RemoveAsync(IReadOnlyList<ListedEntry> entries, CancellationToken cancellationToken)
    {
        foreach (ListedEntry entry in entries)
            await client.DeleteAsync(Entries + entry.Name, cancellationToken);
    }

    /// <summary>What other scopes name in the same bucket stays too.</summary>
    public async Task<BlobSweep> SweepAsync(IReadOnlySet<Digest> kept, bool removes, CancellationToken cancellationToken)
    {
        HashSet<string> wanted = [.. kept.Select(digest => digest.Hex)];
        await foreach (BucketObject one in client.ListAsync($"{place.Prefix}entries/", cancellationToken))
        {
            if (!one.Key.StartsWith(Entries, StringComparison.Ordinal) && await ReadAsync(one.Key, cancellationToken) is { } other)
                wanted.UnionWith(new ListedEntry(one.Key, other, one.Modified).Blobs.Select(blob => blob.Digest.Hex));
        }
        int count = 0;
        long bytes = 0;
        await foreach (BucketObject one in client.ListAsync(Blobs, cancellationToken))
        {
            if (wanted.Contains(one.Key[Blobs.Length..]) || time.GetUtcNow() - one.Modified <= Grace)
                continue;
            (count, bytes) = (count + 1, bytes + one.Size);
            if (removes)
                await client.DeleteAsync(one.Key, cancellationToken);
        }
        return new BlobSweep(count, bytes);
    }

    private string Entries => $"{place.Prefix}entries/{place.Scope}/";

    private string Blobs => $"{place.Prefix}blobs/sha256/";

    private string KeyOf(Descriptor descriptor) => $"{place.Prefix}blobs/{descriptor.Digest.Algorithm}/{descriptor.Digest.Hex}";

    private async Task<StoredEntry?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        if (await client.FindAsync(key, cancellationToken) is not { } content)
            return null;
        StoredEntry stored = EntryManifest.Read(new RawDocument(MediaType.OciManifest, content), key)
            ?? throw DiagnosticRules.CacheEntryBroken.Error($"`{key}` is no entry of a cache");
        return key.EndsWith("/" + stored.Entry.Key, StringComparison.Ordinal) ? stored : throw DiagnosticRules.CacheEntryBroken.Error($"`{key}` is another key's entry");
    }

    private async Task<ListedEntry?> TryListAsync(BucketObject one, CancellationToken cancellationToken)
    {
        string name = one.Key[Entries.Length..];
        try
        {
            return await ReadAsync(one.Key, cancellationToken) is { } stored ? new ListedEntry(name, stored, stored.Saved.ToDateTimeOffset()) : null;
        }
        catch (BuildException e) when (e.Diagnostic.Rule == DiagnosticRules.CacheEntryBroken || e.Diagnostic.Rule == DiagnosticRules.MalformedImage)
        {
            return new ListedEntry(name, null, one.Modified) { Flaw = e.Message };
        }
    }

    /// <summary>A blob that is read from the bucket, and checked.</summary>
    private sealed class StoredBlob(BucketClient client, string key, Descriptor descriptor) : IBlobSource
    {
        public Descriptor Descriptor => descriptor;

        public async ValueTask<Stream> OpenAsync(CancellationToken cancellationToken) => new VerifyingStream(await client.OpenAsync(key, cancellationToken), descriptor, key);
    }
}
