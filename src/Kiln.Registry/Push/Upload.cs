// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using Kiln.Diagnostics;
using Kiln.Http;
using Kiln.Oci;
using Kiln.Registry.Transport;

namespace Kiln.Registry.Push;

/// <summary>An upload that a registry has opened: where it goes on, and how much of the blob is there. Its requests are sent once each; who sends them knows what to do next.</summary>
internal sealed class Upload
{
    private readonly RegistryTransport _transport;
    private readonly RegistryCall _call;
    private Uri _location;

    private Upload(RegistryTransport transport, RegistryCall call, HttpResponseMessage opened)
    {
        _transport = transport;
        _call = call with { SendsOnce = true };
        _location = UploadLocation.Of(call, opened);
        if (opened.Headers.TryGetValues("OCI-Chunk-Min-Length", out IEnumerable<string>? values)
            && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out long minimum))
            MinimumChunk = minimum;
    }

    /// <summary>What every chunk but the last has to have; 0 where the registry does not say.</summary>
    public long MinimumChunk { get; }

    /// <summary>It was opened before there was anything to send, and may have ended meanwhile.</summary>
    public bool WasWaiting { get; set; }

    /// <summary>How many bytes the registry has taken.</summary>
    public long Position { get; private set; }

    public static async Task<Upload> StartAsync(RegistryTransport transport, RegistryCall call, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = call.Request(HttpMethod.Post, "blobs/uploads/");
        using HttpResponseMessage response = await transport.SendAsync(request, cancellationToken);
        return response.StatusCode == HttpStatusCode.Accepted
            ? new Upload(transport, call, response)
            : throw await ResponseErrors.OfAsync(call, response, cancellationToken);
    }

    /// <summary>The upload that a registry opens where it cannot mount; null where it opened none.</summary>
    public static Upload? FindOpened(RegistryTransport transport, RegistryCall call, HttpResponseMessage answer) =>
        answer.StatusCode == HttpStatusCode.Accepted && answer.Headers.Location is not null ? new Upload(transport, call, answer) : null;

    /// <summary>Sends all of it and closes the upload.</summary>
    public async Task<HttpResponseMessage> PutAsync(BlobContent content, Digest digest, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = _call.Request(HttpMethod.Put, UploadLocation.Closing(_location, digest), content);
        return await _transport.SendAsync(request, cancellationToken);
    }

    /// <summary>Sends what comes next, of unknown length.</summary>
    public Task<HttpResponseMessage> PatchAsync(BlobContent content, CancellationToken cancellationToken) => PatchAsync(content, null, cancellationToken);

    /// <summary>Sends a piece that begins where the upload stands.</summary>
    /// <param name="content">The piece.</param>
    /// <param name="end">The byte after its last one; null where nobody knows yet.</param>
    /// <param name="cancellationToken">Ends the sending.</param>
    public async Task<HttpResponseMessage> PatchAsync(BlobContent content, long? end, CancellationToken cancellationToken)
    {
        // "Content-Range: <start-of-range>-<end-of-range>", inclusive, and without the unit that HTTP has.
        if (end is { } last)
            content.Headers.TryAddWithoutValidation("Content-Range", string.Create(CultureInfo.InvariantCulture, $"{Position}-{last - 1}"));
        using HttpRequestMessage request = _call.Request(HttpMethod.Patch, _location, content);
        HttpResponseMessage response = await _transport.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
            return response;
        _location = UploadLocation.Find(_call, response) ?? _location;
        // A registry may have taken less than it was sent, and says so.
        if (end is not null)
            Position = ReadEnd(response) is { } taken && taken > Position && taken < end ? taken : end.Value;
        return response;
    }

    public async Task<HttpResponseMessage> CloseAsync(Digest digest, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = _call.Request(HttpMethod.Put, UploadLocation.Closing(_location, digest), new ByteArrayContent([]));
        return await _transport.SendAsync(request, cancellationToken);
    }

    /// <summary>Asks how much arrived before the connection broke; false where the upload cannot go on.</summary>
    public async Task<bool> TryFindPositionAsync(CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = _call.Request(HttpMethod.Get, _location);
        try
        {
            using HttpResponseMessage response = await _transport.SendAsync(request, cancellationToken);
            // `0-0` is what some say of nothing, and others of one byte: that byte is sent again.
            long end = response.StatusCode == HttpStatusCode.NoContent ? ReadEnd(response) ?? 0 : 0;
            if (end <= 1)
                return false;
            _location = UploadLocation.Find(_call, response) ?? _location;
            Position = end;
            return true;
        }
        catch (Exception e) when (RetryPolicy.IsBroken(e) || e is BuildException)
        {
            return false;
        }
    }

    /// <summary>Gives the upload up, if the registry lets it.</summary>
    public async Task CancelAsync(CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = _call.Request(HttpMethod.Delete, _location);
        try
        {
            using HttpResponseMessage response = await _transport.SendAsync(request, cancellationToken);
        }
        // It ends by itself after some days.
        catch (Exception e) when (RetryPolicy.IsBroken(e) || e is BuildException)
        {
        }
    }

    // "Range: 0-<end-of-range>", inclusive; with `bytes=` before it where somebody knows HTTP better than the specification.
    private static long? ReadEnd(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues("Range", out IEnumerable<string>? values))
            return null;
        string text = values.First();
        return long.TryParse(text.AsSpan(text.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long last) ? last + 1 : null;
    }
}
