// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;
using Kiln.Build.Outputs;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry.Push;

namespace Kiln.Build.Transfers;

/// <summary>
/// Sends an image to names in registries, to all registries at once: 1. blobs, 2. the manifests that only an index names, 3. when all of that is everywhere, what
/// the names stand for. A name never points to what is not complete, and where blobs cannot be brought to one destination, none has got a new name.
/// </summary>
internal sealed class RegistryDestinations(TransferServices services)
{
    private const int ParallelBlobs = 4;

    private int _uploaded;
    private int _mounted;
    private long _uploadedBytes;

    /// <summary>Whether anything may be pushed there, before it is read and packed.</summary>
    internal Task CheckAsync(IEnumerable<ImageReference> destinations, CancellationToken cancellationToken) => services.ChecksPush
        ? Task.WhenAll(destinations.DistinctBy(destination => destination.Name).Select(repository => services.Registry.CheckPushAsync(repository, cancellationToken)))
        : Task.CompletedTask;

    internal async Task WriteAsync(ImageTree image, IReadOnlyList<ImageReference> destinations, CancellationToken cancellationToken)
    {
        if (destinations.Count == 0)
            return;
        ImageReference[][] registries =
            [.. destinations.DistinctBy(destination => destination.Name).GroupBy(destination => destination.Host).Select(same => same.ToArray())];
        long total = image.Blobs.Sum(blob => blob.Descriptor.Size) * registries.Sum(repositories => repositories.Length);
        await using (var meter = new TransferMeter("sent", total, services.Time, services.Report))
            await Parallel.ForEachAsync(
                registries,
                new ParallelOptions { MaxDegreeOfParallelism = registries.Length, CancellationToken = cancellationToken },
                async (repositories, token) => await SendAsync(image, repositories, meter, token));
        services.Report(new Notice(NoticeLevel.Info, Summarise(image.Blobs.Count * registries.Sum(repositories => repositories.Length))));
        // Step 3, to the end, also where one fails: who reads the error knows what is named and what is not.
        BuildException[] failures =
            [.. (await Task.WhenAll(destinations.Select(destination => FindFailureAsync(destination, image, cancellationToken)))).OfType<BuildException>()];
        if (failures.Length > 0)
            throw new BuildException(failures[0].Diagnostic, failures[0]) { Further = [.. failures.Skip(1).Select(failure => failure.Diagnostic)] };
    }

    private async Task<BuildException?> FindFailureAsync(ImageReference destination, ImageTree image, CancellationToken cancellationToken)
    {
        try
        {
            if (await services.Registry.TagAsync(destination, image.Root, image.Blobs, cancellationToken) == ManifestPush.KeptOther)
                services.Report(new Notice(NoticeLevel.Warning, $"{destination.Familiar} is immutable and stays the other image that it is"));
            else
                services.Report(new ImagePublished(destination.Familiar, image.Root.Digest.ToString()));
            return null;
        }
        catch (BuildException e)
        {
            return e;
        }
    }

    private async Task SendAsync(ImageTree image, ImageReference[] repositories, TransferMeter meter, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = ParallelBlobs, CancellationToken = cancellationToken };
        // Step 1
        await Parallel.ForEachAsync(image.Blobs, options, async (blob, token) => await SendAsync(blob, repositories, meter, token));
        // Step 2
        foreach (ImageReference repository in repositories)
            foreach (RawDocument document in image.Documents.SkipLast(1))
                await services.Registry.TagAsync(repository.ByDigest(document.Digest), document, image.Blobs, cancellationToken);
    }

    private async Task SendAsync(IBlobSource blob, ImageReference[] repositories, TransferMeter meter, CancellationToken cancellationToken)
    {
        IBlobSource from = blob;
        foreach (ImageReference repository in repositories)
        {
            Action<long> moved = meter.BeginPart();
            BlobPush how = await services.Registry.PushBlobAsync(repository, from, moved, cancellationToken);
            moved(blob.Descriptor.Size);
            Note(repository, blob.Descriptor, how);
            // The others of its registry can mount it from here, unless they can from where it came.
            if (from.Origin?.Host != repository.Host)
                from = new LocatedBlob(blob, repository);
        }
    }

    private void Note(ImageReference repository, Descriptor blob, BlobPush how)
    {
        if (how == BlobPush.Mounted)
            Interlocked.Increment(ref _mounted);
        if (how == BlobPush.Uploaded)
        {
            Interlocked.Increment(ref _uploaded);
            Interlocked.Add(ref _uploadedBytes, blob.Size);
        }
        string what = how switch
        {
            BlobPush.Uploaded => "sent",
            BlobPush.Mounted => "mounted from another repository",
            BlobPush.WasThere => "there already",
        };
        services.Report(new Notice(NoticeLevel.Debug, $"{repository.Name}: blob {blob.Digest}, {ByteCount.Format(blob.Size)}: {what}"));
    }

    private string Summarise(int all)
    {
        string sent = _uploaded == 0 ? "nothing to send" : $"sent {_uploaded} of {all} blobs, {ByteCount.Format(_uploadedBytes)}";
        string mounted = _mounted == 0 ? "" : $"; {_mounted} mounted";
        int there = all - _uploaded - _mounted;
        return sent + mounted + (there == 0 ? "" : $"; {there} there already");
    }
}
