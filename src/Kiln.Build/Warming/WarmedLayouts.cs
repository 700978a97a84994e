// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;
using Kiln.Build.Stacks;
using Kiln.Build.Transfers;
using Kiln.Diagnostics;
using Kiln.Layers.Blobs;
using Kiln.Layers.Indexes;
using Kiln.Layers.Tar;
using Kiln.Linux.Files;
using Kiln.Oci;
using Kiln.Store;

namespace Kiln.Build.Warming;

/// <summary>
/// Writes the layouts of images into a cache directory. One gets its name when it is complete, and is made by one process at a time, whichever machines share the directory; what a killed one leaves counts for nothing and is removed later.
/// </summary>
internal sealed class WarmedLayouts(string directory, TimeSpan timeToLive, TimeProvider time, Action<BuildEvent> report)
{
    private const int ParallelReads = 4;

    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(100);

    private readonly WarmedDirectory _directory = new(directory);
    private readonly IndexCache _indexes = new(directory, why => report(new Notice(NoticeLevel.Debug, why)));

    /// <summary>Adds an image, unless it is there.</summary>
    /// <param name="name">What it was asked for by.</param>
    /// <param name="image">The image, its layers elsewhere.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="root">The index that it was chosen from, or its manifest.</param>
    /// <param name="force">Also where it is there.</param>
    /// <param name="cancellationToken">Ends it; nothing is there then.</param>
    internal async Task AddAsync(ImageReference name, Image image, ImageConfig config, RawDocument root, bool force, CancellationToken cancellationToken)
    {
        await KeepIndexAsync(root, cancellationToken);
        // Without a lock, for a layout gets its name whole; so nothing is written where all is there.
        if (force || !await IsThereAsync(image, cancellationToken))
        {
            using FileLock held = await LockAsync(name, image.Digest, cancellationToken);
            // Somebody else may have made it meanwhile.
            if (force || !await IsThereAsync(image, cancellationToken))
            {
                await MakeAsync(name, image, config, cancellationToken);
                report(new Notice(NoticeLevel.Info, $"{name.Familiar} is warmed: {_directory.LayoutOf(image.Digest)}"));
                return;
            }
        }
        bool isOld = time.GetUtcNow().UtcDateTime - Directory.GetLastWriteTimeUtc(_directory.LayoutOf(image.Digest)) > timeToLive;
        report(new Notice(NoticeLevel.Info, $"{name.Familiar} is there already: {_directory.LayoutOf(image.Digest)}"));
        if (isOld)
            report(new Notice(NoticeLevel.Warning, $"{name.Familiar} was warmed longer ago than `--cache-ttl`, so that builds pass it over; `--force` fetches it anew"));
    }

    /// <summary>Removes what those left that were killed while they made an image.</summary>
    internal void RemoveDead()
    {
        try
        {
            foreach (Digest manifest in _directory.Begun())
            {
                using FileLock? held = FileLock.TryTake(_directory.LockOf(manifest));
                if (held is not null)
                    Remove(_directory.WorkshopOf(manifest));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Linux.ErrnoException)
        {
            report(new Notice(NoticeLevel.Debug, $"what killed warmers left stays: {e.Message}"));
        }
    }

    /// <summary>Whole, as far as names and sizes tell.</summary>
    private async Task<bool> IsThereAsync(Image image, CancellationToken cancellationToken)
    {
        string layout = _directory.LayoutOf(image.Digest);
        try
        {
            return Directory.Exists(layout) && await WarmedImages.ReadLayoutAsync(layout, image.Digest, cancellationToken) is not null;
        }
        catch (BuildException e)
        {
            report(new Notice(NoticeLevel.Debug, $"`{layout}` is made anew: {e.Message}"));
            return false;
        }
    }

    private async Task<FileLock> LockAsync(ImageReference name, Digest manifest, CancellationToken cancellationToken)
    {
        string path = _directory.LockOf(manifest);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        for (bool waits = false; ; waits = true)
        {
            if (FileLock.TryTake(path) is { } held)
                return held;
            if (!waits)
                report(new Progress($"waiting for another warmer, which has begun with {name.Familiar}"));
            await Task.Delay(BetweenTries, time, cancellationToken);
        }
    }

    /// <summary>Held by the lock's owner alone.</summary>
    private async Task MakeAsync(ImageReference name, Image image, ImageConfig config, CancellationToken cancellationToken)
    {
        string workshop = _directory.WorkshopOf(image.Digest), made = Path.Combine(workshop, "new"), target = _directory.LayoutOf(image.Digest);
        Remove(workshop);
        Directory.CreateDirectory(workshop);
        try
        {
            ImageTree tree = ImageTree.Of(image);
            await using (var meter = new TransferMeter("fetched", tree.Blobs.Sum(blob => blob.Descriptor.Size), time, report))
                await new OciLayoutWriter(made, time).WriteAsync(tree.Map(meter.Watch), [new LayoutName(name.Familiar, null)], cancellationToken);
            await ListLayersAsync(WarmedDirectory.BlobsOf(made), image, config, cancellationToken);
            if (Directory.Exists(target))
                Directory.Move(target, Path.Combine(workshop, "old"));
            Directory.Move(made, target);
        }
        finally
        {
            Remove(workshop);
        }
    }

    /// <summary>Keeps the listings of layers, so that a build that copies onto the image reads none of them.</summary>
    private async Task ListLayersAsync(BlobStore blobs, Image image, ImageConfig config, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = ParallelReads, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(image.Layers.Zip(config.RootFs.DiffIds).Distinct(), options, (layer, token) =>
        {
            (IBlobSource blob, Digest diffId) = layer;
            if (!_indexes.Contains(diffId, blob.Descriptor.Digest) && blobs.TryFind(blob.Descriptor, out FileBlob? file))
                List(file, diffId, token);
            return ValueTask.CompletedTask;
        });
    }

    private void List(FileBlob file, Digest diffId, CancellationToken cancellationToken)
    {
        try
        {
            using var plain = new PlainLayerStream(Decompression.Open(file.Open()), diffId, file.Descriptor.Digest);
            _indexes.Keep(diffId, file.Descriptor.Digest, LayerIndex.Read(plain, cancellationToken));
        }
        catch (Exception e) when (e is BuildException or TarException or InvalidDataException or EndOfStreamException or ArchiveLimitException)
        {
            // A build that needs the layer says so with the Dockerfile's line.
            report(new Notice(NoticeLevel.Warning, $"the layer {file.Descriptor.Digest} cannot be listed: {e.Message}"));
        }
    }

    private async Task KeepIndexAsync(RawDocument root, CancellationToken cancellationToken)
    {
        BlobStore indexes = WarmedDirectory.BlobsOf(_directory.Indexes);
        try
        {
            if (root.MediaType.IsIndex && !indexes.Contains(root.Descriptor))
                await indexes.AddAsync(root, cancellationToken);
        }
        catch (BuildException e)
        {
            // Where the image itself cannot be written, that is told.
            report(new Notice(NoticeLevel.Debug, $"the index {root.Digest} is not kept: {e.Message}"));
        }
    }

    private static void Remove(string workshop)
    {
        if (Directory.Exists(workshop))
            Directory.Delete(workshop, recursive: true);
    }
}
