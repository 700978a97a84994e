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

    private const int ParallelUploads = 4;

    private readonly RegistryClient _registry;
    private readonly Action<BuildEvent> _report;
    private readonly ImageReference[] _repositories;
    private readonly CancellationTokenSource _stop;
    private readonly SemaphoreSlim _slots = new(ParallelUploads);
    private readonly ConcurrentBag<Task> _uploads = [];
    private readonly ConcurrentDictionary<(string Repository, Digest Blob), bool> _present = new();
    private ExceptionDispatchInfo? _failure;

    internal LayerUploads(RegistryClient registry, OutputOptions outputs, Action<BuildEvent> report, CancellationToken cancellationToken)
    {
        _registry = registry;
        _report = report;
        _repositories = outputs.NoPush ? [] : [.. outputs.Destinations.DistinctBy(d => d.Name)];
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>What everything else in the build is to obey.</summary>
    internal CancellationToken Token => _stop.Token;

    internal bool HasFailed => _failure is not null;

    /// <summary>Finds out which of the base's layers the destinations have, or can mount. What they lack is sent at the end: by then it may be on disk.</summary>
    internal void BeginReuse(IEnumerable<IBlobSource> layers)
    {
        foreach (IBlobSource layer in layers.Where(l => !l.Descriptor.MediaType.IsForeignLayer).DistinctBy(l => l.Descriptor.Digest))
            foreach (ImageReference repository in _repositories)
                Begin(async () =>
                {
                    using IDisposable slot = await TakeSlotAsync();
                    if (await _registry.TryReuseBlobAsync(repository, layer, Token))
                        _present[(repository.Name, layer.Descriptor.Digest)] = true;
                });
    }

    /// <summary>Sends a layer that is being written.</summary>
    /// <param name="pending">Where it is written to.</param>
    /// <param name="finished">The blob once it is complete; cancelled where it is given up. Nothing names the blob in the registry before.</param>
    internal void Begin(PendingBlob pending, Task<IBlobSource> finished)
    {
        foreach (ImageReference repository in _repositories)
        {
            GrowingFileStream growing = pending.OpenGrowing();
            Begin(() => SendAsync(repository, growing, finished));
        }
    }

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
        _slots.Dispose();
    }

    private async Task SendAsync(ImageReference repository, GrowingFileStream growing, Task<IBlobSource> finished)
    {
        await using GrowingFileStream owned = growing;
        try
        {
            bool large = await growing.ExceedsAsync(LargestWhole, Token);
            using IDisposable slot = await TakeSlotAsync();
            if (large)
                await _registry.PushGrowingBlobAsync(repository, growing, finished, Token);
            else
                await _registry.PushBlobAsync(repository, await finished.WaitAsync(Token), Token);
            Digest digest = (await finished).Descriptor.Digest;
            _present[(repository.Name, digest)] = true;
            _report(new Notice(NoticeLevel.Debug, $"{repository.Name} has {digest}"));
        }
        // Who writes the layer knows why.
        catch (Exception) when (finished.IsCanceled)
        {
        }
    }

    private void Begin(Func<Task> upload) => _uploads.Add(Task.Run(async () =>
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
    }));

    private async Task<IDisposable> TakeSlotAsync()
    {
        await _slots.WaitAsync(Token);
        return new Slot(_slots);
    }

    /// <summary>The right to use the network, until disposed.</summary>
    private sealed class Slot(SemaphoreSlim slots) : IDisposable
    {
        public void Dispose() => slots.Release();
    }
}
