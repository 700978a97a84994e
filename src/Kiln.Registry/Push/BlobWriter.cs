// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Kiln.Diagnostics;
using Kiln.Http;
using Kiln.Oci;
using Kiln.Registry.Pull;
using Kiln.Registry.Transport;

namespace Kiln.Registry.Push;

/// <summary>
/// Brings a blob into a repository (distribution-spec, "Pushing blobs"):
/// 1. HEAD: it may be there.
/// 2. POST, with a mount where the blob lies elsewhere in the same registry: 201 is done, 202 opens an upload.
/// 3. PUT of the whole blob, which closes the upload.
/// 4. Where the registry refuses that, a new upload with PATCH for the bytes and an empty PUT.
/// An upload that broke is begun anew, since how much of it arrived is not known.
/// </summary>
internal sealed class BlobWriter(RegistryTransport transport, BlobReader reader, RetryPolicy retry)
{
    public async Task<BlobPush> WriteAsync(RegistryCall call, IBlobSource blob, CancellationToken cancellationToken)
    {
        // Steps 1 and 2
        if (await TryReuseAsync(call, blob, cancellationToken) is { } reused)
            return reused;

        // Step 3
        using HttpResponseMessage whole = await UploadAsync(call, blob, PutWholeAsync, cancellationToken);
        if (whole.IsSuccessStatusCode)
            return BlobPush.Uploaded;
        if (!MayDemandPatch(whole.StatusCode))
            throw await ResponseErrors.OfAsync(call, whole, cancellationToken);

        // Step 4
        using HttpResponseMessage patched = await UploadAsync(call, blob, PatchAsync, cancellationToken);
        return patched.IsSuccessStatusCode ? BlobPush.Uploaded : throw await ResponseErrors.OfAsync(call, patched, cancellationToken);
    }

    /// <summary>Steps 1 and 2: brings a blob into the repository without sending it; null where that cannot be.</summary>
    public async Task<BlobPush?> TryReuseAsync(RegistryCall call, IBlobSource blob, CancellationToken cancellationToken)
    {
        if (await reader.ExistsAsync(call, blob.Descriptor.Digest, cancellationToken))
            return BlobPush.WasThere;
        return blob.Origin is { } origin && origin.Host == call.Endpoint.Host && origin.Repository != call.Endpoint.Repository
            && await MountAsync(call, blob.Descriptor.Digest, origin, cancellationToken)
            ? BlobPush.Mounted
            : null;
    }

    /// <summary>
    /// Sends a blob while it is still being made: POST, PATCH with the bytes as they come, PUT once the digest is known. False where the connection broke or the
    /// registry did not take it so: then the finished blob can go the ordinary way.
    /// </summary>
    public async Task<bool> TryWriteGrowingAsync(RegistryCall call, Stream growing, Task<IBlobSource> finished, CancellationToken cancellationToken)
    {
        Uri location = await StartAsync(call, cancellationToken);
        RegistryCall once = call with { SendsOnce = true };
        try
        {
            using HttpRequestMessage patch = once.Request(HttpMethod.Patch, location, new BlobContent(growing));
            using HttpResponseMessage patched = await transport.SendAsync(patch, cancellationToken);
            if (!patched.IsSuccessStatusCode)
                return false;
            IBlobSource blob = await finished.WaitAsync(cancellationToken);
            using HttpResponseMessage closed = await CloseAsync(once, UploadLocation.Of(once, patched), blob, cancellationToken);
            return closed.IsSuccessStatusCode;
        }
        catch (Exception e) when (RetryPolicy.IsBroken(e))
        {
            return false;
        }
    }

    private static bool MayDemandPatch(HttpStatusCode status) => status
        is HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.LengthRequired
        or HttpStatusCode.UnsupportedMediaType or HttpStatusCode.RequestedRangeNotSatisfiable or HttpStatusCode.NotImplemented;

    private async Task<bool> MountAsync(RegistryCall call, Digest blob, ImageReference origin, CancellationToken cancellationToken)
    {
        RegistryCall mount = call with { AlsoPulls = [origin.Repository] };
        string digest = Uri.EscapeDataString(blob.ToString());
        string from = Uri.EscapeDataString(origin.Repository);
        using HttpRequestMessage request = mount.Request(HttpMethod.Post, $"blobs/uploads/?mount={digest}&from={from}");
        try
        {
            using HttpResponseMessage response = await transport.SendAsync(request, cancellationToken);
            // A registry that does not mount opens an upload (202), or refuses; either way the ordinary upload follows.
            return response.StatusCode == HttpStatusCode.Created;
        }
        catch (BuildException e) when (e.Diagnostic.Rule == DiagnosticRules.AccessDenied)
        {
            return false;
        }
    }

    private async Task<HttpResponseMessage> UploadAsync(
        RegistryCall call,
        IBlobSource blob,
        Func<RegistryCall, Uri, IBlobSource, CancellationToken, Task<HttpResponseMessage>> send,
        CancellationToken cancellationToken)
    {
        RegistryCall once = call with { SendsOnce = true };
        try
        {
            return await retry.ExecuteAsync(
                async token =>
                {
                    Uri location = await StartAsync(call, token);
                    return await send(once, location, blob, token);
                },
                cancellationToken);
        }
        catch (Exception e) when (RetryPolicy.IsBroken(e))
        {
            throw ConnectionErrors.Unreachable(call, e);
        }
    }

    private async Task<Uri> StartAsync(RegistryCall call, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = call.Request(HttpMethod.Post, "blobs/uploads/");
        using HttpResponseMessage response = await transport.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Accepted)
            throw await ResponseErrors.OfAsync(call, response, cancellationToken);
        return UploadLocation.Of(call, response);
    }

    private async Task<HttpResponseMessage> PutWholeAsync(
        RegistryCall call, Uri location, IBlobSource blob, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = call.Request(
            HttpMethod.Put, UploadLocation.Closing(location, blob.Descriptor.Digest), new BlobContent(blob));
        return await transport.SendAsync(request, cancellationToken);
    }

    private async Task<HttpResponseMessage> PatchAsync(
        RegistryCall call, Uri location, IBlobSource blob, CancellationToken cancellationToken)
    {
        using HttpRequestMessage patch = call.Request(HttpMethod.Patch, location, new BlobContent(blob));
        HttpResponseMessage patched = await transport.SendAsync(patch, cancellationToken);
        if (!patched.IsSuccessStatusCode)
            return patched;
        using (patched)
            location = UploadLocation.Of(call, patched);
        return await CloseAsync(call, location, blob, cancellationToken);
    }

    private async Task<HttpResponseMessage> CloseAsync(RegistryCall call, Uri location, IBlobSource blob, CancellationToken cancellationToken)
    {
        using HttpRequestMessage close = call.Request(
            HttpMethod.Put, UploadLocation.Closing(location, blob.Descriptor.Digest), new ByteArrayContent([]));
        return await transport.SendAsync(close, cancellationToken);
    }
}
