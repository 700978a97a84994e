// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Kiln.Cache.Entries;
using Kiln.Cache.Media;
using Kiln.Diagnostics;
using Kiln.Linux;
using Kiln.Oci;

namespace Kiln.Cache;

/// <summary>
/// A store over a medium. It decides what may be believed and what a failure means: an entry that is broken or too old is a miss; a medium that is out of reach is
/// asked no more in this build, and one that took nothing is given nothing more.
/// </summary>
/// <param name="medium">Keeps the bytes.</param>
/// <param name="options">How old entries may be, and whether layers are read before they are believed.</param>
/// <param name="time">The clock.</param>
/// <param name="warn">Told once of each kind of failure.</param>
internal sealed class EntryStore(ICacheMedium medium, CacheOptions options, TimeProvider time, Action<string> warn) : ICacheStore
{
    // EROFS: whoever mounts a volume so knows it.
    private const int ReadOnlyFileSystem = 30;

    private readonly Once _tellUnread = new();
    private readonly Once _tellBroken = new();
    private readonly Once _tellUnsaved = new();

    public string Name => medium.Name;

    public BuildException? SavingFailure { get; private set; }

    public async Task<CacheEntry?> FindAsync(CacheKey key, CancellationToken cancellationToken)
    {
        if (_tellUnread.IsDone)
            return null;
        try
        {
            StoredEntry? stored = await medium.FindAsync(key, cancellationToken);
            if (stored is null || IsTooOld(stored) || stored.Entry.Key != key)
                return null;
            if (options.VerifiesLayers && stored.Entry.Layer is { } layer)
                await LayerCheck.RunAsync(medium.OpenBlob(layer.Descriptor), layer.DiffId, cancellationToken);
            return stored.Entry;
        }
        catch (Exception e) when (IsFailure(e, cancellationToken))
        {
            bool isBroken = e is BuildException { Diagnostic.Rule: var rule }
                && (rule == DiagnosticRules.CacheEntryBroken || rule == DiagnosticRules.MalformedImage || rule == DiagnosticRules.ContentMismatch);
            if ((isBroken ? _tellBroken : _tellUnread).Try())
                warn(isBroken ? $"an entry of the cache `{Name}` is passed over: {Describe(e)}" : $"the cache `{Name}` is not used: {Describe(e)}");
            return null;
        }
    }

    public IBlobSource OpenLayer(CacheEntry entry) => new Layer(medium, medium.OpenBlob(entry.Layer!.Descriptor));

    public async Task SaveAsync(CacheEntry entry, IBlobSource? layer, CancellationToken cancellationToken)
    {
        if (_tellUnsaved.IsDone)
            return;
        try
        {
            await medium.SaveAsync(EntryManifest.Write(entry, layer, Timestamp.From(time.GetUtcNow())), cancellationToken);
        }
        catch (Exception e) when (IsFailure(e, cancellationToken))
        {
            if (!_tellUnsaved.Try())
                return;
            SavingFailure = e as BuildException ?? DiagnosticRules.CacheUnusable.Error($"the cache `{Name}` cannot be written: {Describe(e)}", inner: e);
            if (!IsReadOnly(e))
                warn($"nothing more is kept in the cache `{Name}`: {Describe(e)}");
        }
    }

    public async Task<ImmutableArray<KeyPart>> ReadPartsAsync(CacheEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            return await medium.FindAsync(entry.Key, cancellationToken) is { Parts: var parts } && parts.Size <= PartsDocument.LargestSize
                ? PartsDocument.Read(entry.Key, await ReadAsync(medium.OpenBlob(parts), cancellationToken))
                : [];
        }
        catch (Exception e) when (IsFailure(e, cancellationToken))
        {
            return [];
        }
    }

    public async IAsyncEnumerable<CacheEntry> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using IAsyncEnumerator<ListedEntry> listed = medium.ListAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await TryMoveAsync(listed, cancellationToken))
        {
            if (listed.Current.Stored is { } stored && !IsTooOld(stored))
                yield return stored.Entry;
        }
    }

    private async Task<bool> TryMoveAsync(IAsyncEnumerator<ListedEntry> listed, CancellationToken cancellationToken)
    {
        try
        {
            return await listed.MoveNextAsync();
        }
        catch (Exception e) when (IsFailure(e, cancellationToken))
        {
            if (_tellUnread.Try())
                warn($"the cache `{Name}` cannot be listed: {Describe(e)}");
            return false;
        }
    }

    private bool IsTooOld(StoredEntry stored) => time.GetUtcNow() - stored.Saved.ToDateTimeOffset() > options.TimeToLive;

    private static async Task<byte[]> ReadAsync(IBlobSource blob, CancellationToken cancellationToken)
    {
        await using Stream stream = await blob.OpenAsync(cancellationToken);
        using var content = new MemoryStream((int)blob.Descriptor.Size);
        await stream.CopyToAsync(content, cancellationToken);
        return content.ToArray();
    }

    /// <summary>The world's failures, and waits that took too long; what was asked to end is no failure.</summary>
    private static bool IsFailure(Exception e, CancellationToken cancellationToken) => e is BuildException or IOException or UnauthorizedAccessException or ErrnoException
        || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static bool IsReadOnly(Exception? e) => e is IOException { HResult: ReadOnlyFileSystem } || (e is not null && IsReadOnly(e.InnerException));

    private static string Describe(Exception e) =>
        e is BuildException { Diagnostic: var diagnostic } ? diagnostic.Message + (diagnostic.Hint is { } hint ? $" ({hint})" : "")
        : e is OperationCanceledException ? "it does not answer in time"
        : e.Message.TrimEnd('.');

    /// <summary>A layer that turns out not to be what it was is not found again.</summary>
    private sealed class Layer(ICacheMedium medium, IBlobSource blob) : IBlobSource
    {
        public Descriptor Descriptor => blob.Descriptor;

        public ImageReference? Origin => blob.Origin;

        public async ValueTask<Stream> OpenAsync(CancellationToken cancellationToken)
        {
            Stream stream = await blob.OpenAsync(cancellationToken);
            if (stream is VerifyingStream verifying)
                verifying.Refused = () => medium.Discard(blob.Descriptor);
            return stream;
        }
    }
}
