// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Kiln.Build.Events;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.Store;

namespace Kiln.Build.Outputs;

/// <summary>
/// Sends the image's layers to their destinations while the build goes on. Only blobs move here; what names them is published at the end. The first upload
/// that fails ends the build: its <see cref="Token"/> is cancelled, and the failure is told once.
/// </summary>
internal sealed class LayerUploads : IAsyncDisposable
{
    /// <summary>A larger layer is sent while it is made; a smaller one is finished first, for the registry may have it.</summary>
    private const long LargestWhole = 8 << 20;

    private readonly RegistryClient _registry;
    private readonly Action<BuildEvent> _report;
    private readonly ImageReference[][] _registries;
    private readonly CancellationTokenSource _stop;
    private readonly ConcurrentBag<Task> _uploads = [];
    private readonly ConcurrentDictionary<(string Repository, Digest Blob), bool> _present = new();
    private readonly ConcurrentDictionary<Digest, bool> _begun = new();
    private readonly ConcurrentDictionary<object, long> _moving = new();
    private long _sent;
    private ExceptionDispatchInfo? _failure;

    internal LayerUploads(RegistryClient registry, OutputOptions outputs, Action<BuildEvent> report, CancellationToken cancellationToken)
    {
        _registry = registry;
        _report = report;
        _registries = outputs.NoPush ? [] : [.. outputs.Destinations.DistinctBy(d => d.Name).GroupBy(d => d.Host).Select(g => g.ToArray())];
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>What everything else in the build is to obey.</summary>
    internal CancellationToken Token => _stop.Token;

    internal bool HasFailed => _failure is not null;

    /// <summary>Brings the base's layers, one out of a cache, or the configuration to the destinations: what is there or can be mounted stays where it is.</summary>
    /// <param name="layers">Where they lie.</param>
    /// <param name="fetchAsync">Fetches one that has to be sent, unless a step has done so already.</param>
    internal void BeginBase(IEnumerable<IBlobSource> layers, Func<IBlobSource, Task<IBlobSource>> fetchAsync)
    {
        foreach (IBlobSource layer in layers.Where(l => !l.Descriptor.MediaType.IsForeignLayer && _begun.TryAdd(l.Descriptor.Digest, true)))
            foreach (ImageReference[] repositories in _registries)
                _ = Begin(() => SendBaseAsync(repositories, layer, fetchAsync));
    }

    /// <summary>Sends a layer that is being written.</summary>
    /// <param name="pending">Where it is written to.</param>
    /// <param name="finished">The blob once it is complete; cancelled where it is given up. Nothing names the blob in the registry before.</param>
    /// <returns>The repository that has it in the end, the first of several; null where none has.</returns>
    internal async Task<ImageReference?> BeginAsync(PendingBlob pending, Task<IBlobSource> finished)
    {
        var sent = new List<Task>();
        foreach (ImageReference[] repositories in _registries)
        {
            GrowingFileStream growing = pending.OpenGrowing();
            sent.Add(Begin(() => SendAsync(repositories, growing, finished)));
        }
        await Task.WhenAll(sent);
        return sent.Count > 0 && finished.IsCompletedSuccessfully && _present.ContainsKey((_registries[0][0].Name, (await finished).Descriptor.Digest)) ? _registries[0][0] : null;
    }

    /// <summary>How many layers are being sent.</summary>
    internal int Sending => _moving.Count;

    /// <summary>How many bytes of layers were sent so far.</summary>
    internal long Sent => Interlocked.Read(ref _sent);

    /// <summary>Waits for all that was begun; throws what went wrong.</summary>
    internal async Task CompleteAsync()
    {
        await Task.WhenAll(_uploads);
        ThrowIfFailed();
        Token.ThrowIfCancellationRequested();
    }

    internal void ThrowIfFailed() => _failure?.Throw();

    /// <summary>What a repository is known to have.</summary>
    internal IReadOnlySet<Digest> PresentIn(ImageReference repository) =>
        _present.Keys.Where(k => k.Repository == repository.Name).Select(k => k.Blob).ToHashSet();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_uploads);
        _stop.Dispose();
    }

    private async Task SendBaseAsync(ImageReference[] repositories, IBlobSource layer, Func<IBlobSource, Task<IBlobSource>> fetchAsync)
    {
        IBlobSource blob = layer;
        foreach (ImageReference repository in repositories)
        {
            if (!await _registry.TryReuseBlobAsync(repository, blob, Token))
            {
                blob = await fetchAsync(layer);
                await SendAsync(moved => _registry.SendBlobAsync(repository, blob, moved, Token));
            }
            Note(repository, blob);
            // The others of its registry can mount it from here.
            blob = new LocatedBlob(blob, repository);
        }
    }

    private async Task SendAsync(ImageReference[] repositories, GrowingFileStream growing, Task<IBlobSource> finished)
    {
        await using GrowingFileStream owned = growing;
        try
        {
            bool large = await growing.ExceedsAsync(LargestWhole, Token);
            if (large)
                await SendAsync(moved => _registry.PushGrowingBlobAsync(repositories[0], growing, finished, moved, Token));
            else
                await SendAsync(async moved => await _registry.PushBlobAsync(repositories[0], await finished.WaitAsync(Token), moved, Token));
            IBlobSource blob = await finished;
            Note(repositories[0], blob);
            foreach (ImageReference other in repositories[1..])
            {
                await SendAsync(moved => _registry.PushBlobAsync(other, new LocatedBlob(blob, repositories[0]), moved, Token));
                Note(other, blob);
            }
        }
        // Who writes the layer knows why.
        catch (Exception) when (finished.IsCanceled)
        {
        }
    }

    private async Task SendAsync(Func<Action<long>, Task> send)
    {
        object transfer = new();
        try
        {
            long counted = 0;
            // A try that failed is made anew from an earlier byte: what goes a second time counts once.
            await send(bytes =>
            {
                _moving[transfer] = bytes;
                Interlocked.Add(ref _sent, Math.Max(0, bytes - counted));
                counted = Math.Max(counted, bytes);
            });
        }
        finally
        {
            _moving.TryRemove(transfer, out _);
        }
    }

    private void Note(ImageReference repository, IBlobSource blob)
    {
        _present[(repository.Name, blob.Descriptor.Digest)] = true;
        _report(new Notice(NoticeLevel.Debug, $"{repository.Name} has {blob.Descriptor.Digest}"));
    }

    /// <summary>Ends without an exception: what goes wrong ends the build.</summary>
    private Task Begin(Func<Task> upload)
    {
        Task begun = Task.Run(() => CarryOutAsync(upload));
        _uploads.Add(begun);
        return begun;
    }

    private async Task CarryOutAsync(Func<Task> upload)
    {
        try
        {
            await upload();
        }
        catch (OperationCanceledException) when (Token.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
            await _stop.CancelAsync();
        }
    }
}
