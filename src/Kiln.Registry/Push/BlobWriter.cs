// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
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
/// 3. The bytes, in the way that the host is known to take: PUT of the whole blob, else PATCH and an empty PUT, else chunks.
/// 4. Where the host refuses one way, the next.
/// 5. Where the connection broke, the rest, if the registry says how much it has; else a look whether it has all; else a new upload.
/// </summary>
internal sealed class BlobWriter(RegistryTransport transport, BlobReader reader, RetryPolicy retry, RegistryOptions options, TimeProvider timeProvider) : IAsyncDisposable
{
    /// <summary>So often a blob is sent again that arrived with other bytes.</summary>
    private const int MostResends = 2;

    /// <summary>An upload that nobody needed is given up, but for this no program runs longer.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private readonly UploadPlans _plans = new();
    private readonly ConcurrentDictionary<RegistryEndpoint, Upload> _opened = new();
    private readonly ConcurrentBag<Task> _farewells = [];
    private readonly CancellationTokenSource _enough = new(Timeout.InfiniteTimeSpan, timeProvider);

    /// <summary>Opens an upload for whichever blob comes first.</summary>
    public async Task<Upload> OpenAsync(RegistryCall call, CancellationToken cancellationToken)
    {
        Upload upload = await Upload.StartAsync(transport, call, cancellationToken);
        _opened[call.Endpoint] = upload;
        return upload;
    }

    /// <summary>Ends an upload that was opened ahead and that nothing needs any more. It is not waited for before all is over.</summary>
    public void GiveUp(RegistryEndpoint repository)
    {
        if (_opened.TryRemove(repository, out Upload? unused))
            _farewells.Add(unused.CancelAsync(_enough.Token));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (RegistryEndpoint repository in _opened.Keys)
            GiveUp(repository);
        _enough.CancelAfter(Farewell);
        try
        {
            await Task.WhenAll(_farewells);
        }
        catch (OperationCanceledException)
        {
        }
        _enough.Dispose();
    }

    public async Task<BlobPush> WriteAsync(RegistryCall call, IBlobSource blob, IEnumerable<ImageReference> origins, Action<long>? moved, CancellationToken cancellationToken)
    {
        // Steps 1 and 2
        (BlobPush? reused, Upload? opened) = await ReuseAsync(call, blob, origins, cancellationToken);
        return reused ?? await SendAsync(call, blob, opened, moved, cancellationToken);
    }

    /// <summary>Sends the bytes without asking whether they are there.</summary>
    public Task<BlobPush> SendAsync(RegistryCall call, IBlobSource blob, Action<long>? moved, CancellationToken cancellationToken) =>
        SendAsync(call, blob, null, moved, cancellationToken);

    /// <summary>Steps 1 and 2: brings a blob into the repository without sending it; null where that cannot be.</summary>
    public async Task<BlobPush?> TryReuseAsync(RegistryCall call, IBlobSource blob, IEnumerable<ImageReference> origins, CancellationToken cancellationToken)
    {
        (BlobPush? reused, Upload? opened) = await ReuseAsync(call, blob, origins, cancellationToken);
        if (opened is not null)
            await opened.CancelAsync(cancellationToken);
        return reused;
    }

    /// <summary>
    /// Sends a blob while it is still being made: POST, PATCH with the bytes as they come, PUT once the digest is known. Where the connection broke or the
    /// registry did not take it so, the finished blob goes the ordinary way, from where it broke if that is known.
    /// </summary>
    public async Task<BlobPush> WriteGrowingAsync(RegistryCall call, Stream growing, Task<IBlobSource> finished, Action<long>? moved, CancellationToken cancellationToken)
    {
        Upload? upload = null;
        if (_plans.Find(call).Way != UploadWay.Chunks)
        {
            upload = await TakeAsync(call, cancellationToken);
            try
            {
                using HttpResponseMessage patched = await upload.PatchAsync(new BlobContent(growing, moved), cancellationToken);
                if (patched.StatusCode == HttpStatusCode.RequestEntityTooLarge)
                    _plans.Keep(call, UploadPlan.Chunked);
                if (patched.IsSuccessStatusCode)
                {
                    IBlobSource whole = await finished.WaitAsync(cancellationToken);
                    using HttpResponseMessage closed = await upload.CloseAsync(whole.Descriptor.Digest, cancellationToken);
                    if (closed.IsSuccessStatusCode)
                        return BlobPush.Uploaded;
                }
                else
                {
                    upload = null;
                }
            }
            catch (Exception e) when (RetryPolicy.IsBroken(e))
            {
            }
        }
        IBlobSource blob = await finished.WaitAsync(cancellationToken);
        return upload is not null && await upload.TryFindPositionAsync(cancellationToken)
            ? await SendAsync(call, blob, upload, moved, cancellationToken)
            : await WriteAsync(call, blob, [], moved, cancellationToken);
    }

    private async Task<(BlobPush? Reused, Upload? Opened)> ReuseAsync(
        RegistryCall call, IBlobSource blob, IEnumerable<ImageReference> origins, CancellationToken cancellationToken)
    {
        if (await reader.ExistsAsync(call, blob.Descriptor, cancellationToken))
            return (BlobPush.WasThere, null);
        Upload? opened = null;
        foreach (ImageReference origin in origins)
        {
            if (origin.Host != call.Endpoint.Host || origin.Repository == call.Endpoint.Repository)
                continue;
            (bool mounted, Upload? instead) = await MountAsync(call, blob.Descriptor.Digest, origin, cancellationToken);
            if (mounted)
                return (BlobPush.Mounted, null);
            opened ??= instead;
        }
        return (null, opened);
    }

    private async Task<(bool Mounted, Upload? Instead)> MountAsync(RegistryCall call, Digest blob, ImageReference origin, CancellationToken cancellationToken)
    {
        RegistryCall mount = call with { AlsoPulls = [origin.Repository] };
        string digest = Uri.EscapeDataString(blob.ToString());
        string from = Uri.EscapeDataString(origin.Repository);
        using HttpRequestMessage request = mount.Request(HttpMethod.Post, $"blobs/uploads/?mount={digest}&from={from}");
        try
        {
            using HttpResponseMessage response = await transport.SendAsync(request, cancellationToken);
            // A registry that does not mount opens an upload (202), or refuses; either way the bytes are sent.
            return (response.StatusCode == HttpStatusCode.Created, Upload.FindOpened(transport, call, response));
        }
        catch (BuildException e) when (e.Diagnostic.Rule == DiagnosticRules.AccessDenied)
        {
            return (false, null);
        }
    }

    private async Task<BlobPush> SendAsync(RegistryCall call, IBlobSource blob, Upload? upload, Action<long>? moved, CancellationToken cancellationToken)
    {
        using var deadline = new TransferDeadline(options, blob.Descriptor.Size, timeProvider, cancellationToken);
        try
        {
            return await SendUntilTakenAsync(call, blob, upload, moved, deadline.Token);
        }
        catch (OperationCanceledException e) when (deadline.HasPassed && !cancellationToken.IsCancellationRequested)
        {
            throw ConnectionErrors.Unreachable(call, deadline.Describe(e));
        }
    }

    private async Task<BlobPush> SendUntilTakenAsync(RegistryCall call, IBlobSource blob, Upload? upload, Action<long>? moved, CancellationToken cancellationToken)
    {
        await using var cursor = new BlobCursor(blob);
        UploadPlan plan = _plans.Find(call).For(blob.Descriptor.Size);
        int failures = 0, changed = 0;
        long reached = 0;
        while (true)
        {
            upload ??= await TakeAsync(call, cancellationToken);
            Exception? broken = null;
            HttpResponseMessage? response = null;
            try
            {
                response = await SendRestAsync(upload, cursor, plan, moved, cancellationToken);
            }
            catch (Exception e) when (RetryPolicy.IsBroken(e))
            {
                broken = e;
            }
            using (response)
            {
                if (response is { IsSuccessStatusCode: true })
                {
                    CheckDigest(call, response, blob.Descriptor.Digest);
                    _plans.Keep(call, plan);
                    return BlobPush.Uploaded;
                }
                if (response is { StatusCode: HttpStatusCode.BadRequest } && changed++ < MostResends && await ErrorAnswer.NamesAsync(response, "DIGEST_INVALID", cancellationToken))
                {
                    upload = null;
                    continue;
                }
                // It was opened long ago, perhaps too long.
                if (response is not null && upload.WasWaiting && !ResponseErrors.DeniesAccess(response))
                {
                    upload = null;
                    continue;
                }
                // Step 4. In the midst of a blob a refusal is the upload's, which the registry may have lost, and not the way's.
                bool refused = response is not null && !RetryPolicy.IsTransient(response);
                if (refused && (upload.Position == 0 || upload.Position == blob.Descriptor.Size || ResponseErrors.DeniesAccess(response!)))
                {
                    plan = plan.After(response!.StatusCode, blob.Descriptor.Size, upload.MinimumChunk)
                        ?? throw await ResponseErrors.OfAsync(call, response, cancellationToken);
                    upload = null;
                    continue;
                }
                // Step 5. An upload that comes on is not one that fails again and again.
                failures = upload.Position > reached ? 1 : failures + 1;
                reached = Math.Max(reached, upload.Position);
                FailedTries.Tell(options, call, failures, response, broken);
                if (!await retry.WaitAfterAsync(failures, response, cancellationToken))
                    throw response is null ? ConnectionErrors.Unreachable(call, broken!) : await ResponseErrors.OfAsync(call, response, cancellationToken);
                if (refused)
                    upload = null;
            }
            if (upload is not null && !await upload.TryFindPositionAsync(cancellationToken))
            {
                if (await reader.ExistsAsync(call, blob.Descriptor, cancellationToken))
                    return BlobPush.Uploaded;
                upload = null;
            }
        }
    }

    /// <summary>Step 3: sends what the registry has not yet; the answer to the last request, or the first that is no success.</summary>
    private static async Task<HttpResponseMessage> SendRestAsync(
        Upload upload, BlobCursor cursor, UploadPlan plan, Action<long>? moved, CancellationToken cancellationToken)
    {
        long size = cursor.Descriptor.Size;
        await cursor.GoToAsync(upload.Position, cancellationToken);
        if (upload.Position == 0 && plan.Way == UploadWay.Whole)
            return await upload.PutAsync(new BlobContent(cursor, 0, size, moved), cursor.Descriptor.Digest, cancellationToken);
        long piece = plan.Way == UploadWay.Chunks ? Math.Max(plan.ChunkSize, upload.MinimumChunk) : size;
        while (upload.Position < size)
        {
            long end = Math.Min(size, upload.Position + piece);
            HttpResponseMessage patched = await upload.PatchAsync(new BlobContent(cursor, upload.Position, end, moved), end, cancellationToken);
            if (!patched.IsSuccessStatusCode)
                return patched;
            patched.Dispose();
        }
        return await upload.CloseAsync(cursor.Descriptor.Digest, cancellationToken);
    }

    private async Task<Upload> TakeAsync(RegistryCall call, CancellationToken cancellationToken)
    {
        if (!_opened.TryRemove(call.Endpoint, out Upload? waiting))
            return await Upload.StartAsync(transport, call, cancellationToken);
        waiting.WasWaiting = true;
        return waiting;
    }

    // Whoever stored something else did not store the blob.
    private static void CheckDigest(RegistryCall call, HttpResponseMessage response, Digest expected)
    {
        if (ManifestReader.DigestOf(response) is { } said && said != expected)
            throw DiagnosticRules.ContentMismatch.Error($"cannot {call.Action}: `{call.Endpoint.Host}` says that it stored `{said}`");
    }
}
