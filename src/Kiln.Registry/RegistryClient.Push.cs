// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Oci;
using Kiln.Registry.Push;
using Kiln.Registry.Transport;

namespace Kiln.Registry;

public sealed partial class RegistryClient
{
    /// <summary>Opens an upload: an error says, before anything is built, that nothing may be pushed there. The first blob goes into it, or at the end it is given up.</summary>
    public async Task CheckPushAsync(ImageReference destination, CancellationToken cancellationToken)
    {
        RegistryCall call = PushCall(destination, $"push to `{destination.Name}`");
        await _attempts.RunAsync(RegistryAccess.Push, () => _writer.OpenAsync(call, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// What the registry says that the reference stands for, without its content: a claim, good for finding out whether a push is
    /// needed. Null where there is nothing.
    /// </summary>
    public Task<Digest?> FindManifestAsync(ImageReference reference, CancellationToken cancellationToken) => _manifests.FindDigestAsync(
        PushCall(reference, $"look for `{reference}`"), reference.Digest?.ToString() ?? reference.Tag!, cancellationToken);

    /// <summary>Whether the destination's repository holds a blob.</summary>
    public Task<bool> BlobExistsAsync(ImageReference destination, Digest digest, CancellationToken cancellationToken) =>
        _blobs.ExistsAsync(PushCall(destination, $"look for blob `{digest}` in `{destination.Name}`"), digest, cancellationToken);

    public Task<BlobPush> PushBlobAsync(ImageReference destination, IBlobSource blob, CancellationToken cancellationToken) =>
        PushBlobAsync(destination, blob, null, cancellationToken);

    /// <inheritdoc cref="PushBlobAsync(ImageReference, IBlobSource, CancellationToken)"/>
    /// <param name="moved">Told how many of the blob's bytes are sent; less than before where they have to be sent again.</param>
    public Task<BlobPush> PushBlobAsync(ImageReference destination, IBlobSource blob, Action<long>? moved, CancellationToken cancellationToken) =>
        PushAsync(destination, () => _writer.WriteAsync(BlobCall(destination, blob), blob, OriginsOf(blob), moved, cancellationToken), cancellationToken);

    /// <summary>Sends a blob that is known to be missing.</summary>
    /// <inheritdoc cref="PushBlobAsync(ImageReference, IBlobSource, Action{long}, CancellationToken)"/>
    public Task<BlobPush> SendBlobAsync(ImageReference destination, IBlobSource blob, Action<long>? moved, CancellationToken cancellationToken) =>
        PushAsync(destination, () => _writer.SendAsync(BlobCall(destination, blob), blob, moved, cancellationToken), cancellationToken);

    /// <summary>Brings a blob into the repository without sending it: it is there, or can be mounted. False where it has to be sent.</summary>
    public async Task<bool> TryReuseBlobAsync(ImageReference destination, IBlobSource blob, CancellationToken cancellationToken) =>
        await PushAsync(destination, () => _writer.TryReuseAsync(BlobCall(destination, blob), blob, OriginsOf(blob), cancellationToken), cancellationToken) is not null;

    /// <summary>Pushes a blob while it is still being made.</summary>
    /// <param name="destination">The repository.</param>
    /// <param name="growing">Its bytes as they come, to the last.</param>
    /// <param name="finished">The same blob, once it is complete: its digest closes the upload, and it is sent once more where the stream broke.</param>
    /// <param name="moved">Told how many bytes are sent.</param>
    /// <param name="cancellationToken">Ends the upload.</param>
    public async Task<BlobPush> PushGrowingBlobAsync(
        ImageReference destination, Stream growing, Task<IBlobSource> finished, Action<long>? moved, CancellationToken cancellationToken)
    {
        RegistryCall call = PushCall(destination, $"push a layer to `{destination.Name}`");
        bool begun = false;
        return await PushAsync(
            destination,
            async () =>
            {
                if (begun)
                    return await _writer.WriteAsync(call, await finished.WaitAsync(cancellationToken), [], moved, cancellationToken);
                begun = true;
                return await _writer.WriteGrowingAsync(call, growing, finished, moved, cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>Writes a manifest under the reference's tag, or under its own digest where the reference has no tag.</summary>
    public async Task<ManifestPush> PushManifestAsync(ImageReference destination, RawDocument manifest, CancellationToken cancellationToken) =>
        (await WriteManifestAsync(destination, manifest, cancellationToken)).GetHow();

    /// <summary>
    /// Pushes what the destination lacks: layers and configuration several at a time, the manifest last, so that nothing is tagged that
    /// is not complete. Layers that may not be distributed stay where they are.
    /// </summary>
    public Task<ManifestPush> PushImageAsync(ImageReference destination, Image image, CancellationToken cancellationToken) =>
        PushImageAsync(destination, image, ImmutableHashSet<Digest>.Empty, cancellationToken);

    /// <inheritdoc cref="PushImageAsync(ImageReference, Image, CancellationToken)"/>
    /// <param name="present">Blobs that the repository is known to have.</param>
    public async Task<ManifestPush> PushImageAsync(ImageReference destination, Image image, IReadOnlySet<Digest> present, CancellationToken cancellationToken)
    {
        await PushBlobsAsync(destination, image, present, cancellationToken);
        return await TagImageAsync(destination, image, cancellationToken);
    }

    /// <summary>Everything of <see cref="PushImageAsync(ImageReference, Image, IReadOnlySet{Digest}, CancellationToken)"/> but the manifest.</summary>
    public Task PushBlobsAsync(ImageReference destination, Image image, IReadOnlySet<Digest> present, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        BlobsOf(image).Where(blob => !present.Contains(blob.Descriptor.Digest)),
        new ParallelOptions { MaxDegreeOfParallelism = _options.ParallelBlobs, CancellationToken = cancellationToken },
        async (blob, token) => await PushBlobAsync(destination, blob, token));

    /// <summary>Writes the manifest of an image whose blobs are there. Where the registry finds that they are not, they are sent, whatever it said of them before.</summary>
    public Task<ManifestPush> TagImageAsync(ImageReference destination, Image image, CancellationToken cancellationToken) =>
        TagAsync(destination, image.Manifest, BlobsOf(image), cancellationToken);

    /// <inheritdoc cref="TagImageAsync"/>
    /// <param name="manifest">An index too, of manifests that are there.</param>
    /// <param name="blobs">All that it consists of.</param>
    public async Task<ManifestPush> TagAsync(ImageReference destination, RawDocument manifest, IEnumerable<IBlobSource> blobs, CancellationToken cancellationToken)
    {
        // All blobs are there: what the push check opened is of no more use, and its end needs nobody to wait for it.
        _writer.GiveUp(_hosts.EndpointOfPush(destination));
        ManifestAnswer answer = await WriteManifestAsync(destination, manifest, cancellationToken);
        if (!answer.LacksBlobs)
            return answer.GetHow();
        await Parallel.ForEachAsync(
            blobs,
            new ParallelOptions { MaxDegreeOfParallelism = _options.ParallelBlobs, CancellationToken = cancellationToken },
            async (blob, token) => await SendBlobAsync(destination, blob, null, token));
        return await PushManifestAsync(destination, manifest, cancellationToken);
    }

    private async Task<ManifestAnswer> WriteManifestAsync(ImageReference destination, RawDocument manifest, CancellationToken cancellationToken)
    {
        RegistryCall call = PushCall(destination, $"push `{destination}`");
        ManifestAnswer answer = await _attempts.RunAsync(RegistryAccess.Push, WriteAsync, cancellationToken);
        if (answer is { How: ManifestPush.Written, NamesSubject: false } && ManifestSubject.Find(manifest) is { } subject)
            await _referrers.AddAsync(call, subject, manifest, cancellationToken);
        return answer;

        async Task<ManifestAnswer> WriteAsync()
        {
            ManifestAnswer said = await _manifestWriter.WriteAsync(call, destination, manifest, cancellationToken);
            return said is { How: null, LacksBlobs: false } ? throw said.Refusal! : said;
        }
    }

    private static IEnumerable<IBlobSource> BlobsOf(Image image) => image.Layers
        .Where(layer => !layer.Descriptor.MediaType.IsForeignLayer)
        .Append(image.Config)
        .DistinctBy(blob => blob.Descriptor.Digest);

    private async Task<T> PushAsync<T>(ImageReference destination, Func<Task<T>> push, CancellationToken cancellationToken)
    {
        using IDisposable turn = await _turns.TakeAsync(destination.Host, RegistryAccess.Push, cancellationToken);
        return await _attempts.RunAsync(RegistryAccess.Push, push, cancellationToken);
    }

    /// <summary>Where a blob can be mounted from: its repository, and where the mirrors have that.</summary>
    private IEnumerable<ImageReference> OriginsOf(IBlobSource blob) =>
        blob.Origin is { } origin ? _hosts.EndpointsOf(origin).Select(endpoint => ImageReference.Parse(endpoint.ToString())) : [];

    private RegistryCall BlobCall(ImageReference destination, IBlobSource blob) =>
        PushCall(destination, $"push blob `{blob.Descriptor.Digest}` to `{destination.Name}`");

    private RegistryCall PushCall(ImageReference destination, string action) =>
        new() { Endpoint = _hosts.EndpointOfPush(destination), Access = RegistryAccess.Push, Action = action };
}
