// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net.Http.Headers;
using Kiln.Oci;
using Kiln.Registry.Push;
using Kiln.Registry.Transport;

namespace Kiln.Registry;

public sealed partial class RegistryClient
{
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
        _writer.WriteAsync(BlobCall(destination, blob), blob, cancellationToken);

    /// <summary>Brings a blob into the repository without sending it: it is there, or can be mounted. False where it has to be sent.</summary>
    public async Task<bool> TryReuseBlobAsync(ImageReference destination, IBlobSource blob, CancellationToken cancellationToken) =>
        await _writer.TryReuseAsync(BlobCall(destination, blob), blob, cancellationToken) is not null;

    /// <summary>Pushes a blob while it is still being made.</summary>
    /// <param name="destination">The repository.</param>
    /// <param name="growing">Its bytes as they come, to the last.</param>
    /// <param name="finished">The same blob, once it is complete: its digest closes the upload, and it is sent once more where the stream broke.</param>
    /// <param name="cancellationToken">Ends the upload.</param>
    public async Task<BlobPush> PushGrowingBlobAsync(
        ImageReference destination, Stream growing, Task<IBlobSource> finished, CancellationToken cancellationToken)
    {
        RegistryCall call = PushCall(destination, $"push a layer to `{destination.Name}`");
        return await _writer.TryWriteGrowingAsync(call, growing, finished, cancellationToken)
            ? BlobPush.Uploaded
            : await PushBlobAsync(destination, await finished.WaitAsync(cancellationToken), cancellationToken);
    }

    /// <summary>Writes a manifest under the reference's tag, or under its own digest where the reference has no tag.</summary>
    public async Task PushManifestAsync(ImageReference destination, RawDocument manifest, CancellationToken cancellationToken)
    {
        RegistryCall call = PushCall(destination, $"push `{destination}`");
        using var content = new ReadOnlyMemoryContent(manifest.Content);
        content.Headers.ContentType = new MediaTypeHeaderValue(manifest.MediaType.Text);
        string name = destination.Tag ?? manifest.Digest.ToString();
        using HttpRequestMessage request = call.Request(HttpMethod.Put, $"manifests/{name}", content);
        using HttpResponseMessage response = await _transport.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw await ResponseErrors.OfAsync(call, response, cancellationToken);
    }

    /// <summary>
    /// Pushes what the destination lacks: layers and configuration several at a time, the manifest last, so that nothing is tagged that
    /// is not complete. Layers that may not be distributed stay where they are.
    /// </summary>
    public Task PushImageAsync(ImageReference destination, Image image, CancellationToken cancellationToken) =>
        PushImageAsync(destination, image, ImmutableHashSet<Digest>.Empty, cancellationToken);

    /// <inheritdoc cref="PushImageAsync(ImageReference, Image, CancellationToken)"/>
    /// <param name="present">Blobs that the repository is known to have.</param>
    public async Task PushImageAsync(ImageReference destination, Image image, IReadOnlySet<Digest> present, CancellationToken cancellationToken)
    {
        IEnumerable<IBlobSource> blobs = image.Layers
            .Where(layer => !layer.Descriptor.MediaType.IsForeignLayer)
            .Append(image.Config)
            .Where(blob => !present.Contains(blob.Descriptor.Digest))
            .DistinctBy(blob => blob.Descriptor.Digest);
        await Parallel.ForEachAsync(
            blobs,
            new ParallelOptions { MaxDegreeOfParallelism = _options.ParallelBlobs, CancellationToken = cancellationToken },
            async (blob, token) => await PushBlobAsync(destination, blob, token));
        await PushManifestAsync(destination, image.Manifest, cancellationToken);
    }

    private RegistryCall BlobCall(ImageReference destination, IBlobSource blob) =>
        PushCall(destination, $"push blob `{blob.Descriptor.Digest}` to `{destination.Name}`");

    private RegistryCall PushCall(ImageReference destination, string action) =>
        new() { Endpoint = _hosts.EndpointOfPush(destination), Access = RegistryAccess.Push, Action = action };
}
