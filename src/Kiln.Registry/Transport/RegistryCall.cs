// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using Kiln.Registry.Push;

namespace Kiln.Registry.Transport;

/// <summary>
/// What the handlers need to know about a request and cannot see from it. It travels in the request's options; addresses are written
/// with https and get their real scheme last.
/// </summary>
internal sealed record RegistryCall
{
    private static readonly HttpRequestOptionsKey<RegistryCall> Key = new("kiln.registry.call");

    public required RegistryEndpoint Endpoint { get; init; }

    public required RegistryAccess Access { get; init; }

    /// <summary>For messages, after "cannot": "pull `docker.io/library/debian:12`".</summary>
    public required string Action { get; init; }

    /// <summary>Repositories to be pulled from in the same request, as the source of a mount is.</summary>
    public ImmutableArray<string> AlsoPulls { get; init; } = [];

    /// <summary>The body of a success is a blob: it is handed on as it comes. Other bodies are read whole, and bounded.</summary>
    public bool StreamsBody { get; init; }

    /// <summary>The caller repeats this request itself, together with what led to it.</summary>
    public bool SendsOnce { get; init; }

    /// <summary>Another server will be asked, so that a dead one need not be waited for.</summary>
    public bool HasAlternative { get; init; }

    /// <summary>Goes out as it is: its caller sees to credentials and wants to see every answer.</summary>
    public bool IsBare { get; init; }

    /// <summary>Something is removed: who may push need not be allowed to.</summary>
    public bool Deletes { get; init; }

    /// <summary>Which credentials were sent, or where none were found, for a hint. Set by <see cref="Auth.AuthHandler"/>.</summary>
    public string? CredentialNote { get; set; }

    public static RegistryCall Of(HttpRequestMessage request) =>
        request.Options.TryGetValue(Key, out RegistryCall? call) ? call : throw new InvalidOperationException("a request without its call");

    public HttpRequestMessage Request(HttpMethod method, Uri uri, HttpContent? content = null)
    {
        // Where TLS's handshake agrees on it; else HTTP/1.1.
        var request = new HttpRequestMessage(method, uri) { Content = content, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionOrLower };
        // A refusal then comes before the bytes.
        request.Headers.ExpectContinue = content is BlobContent { Waits: true } ? true : null;
        request.Options.Set(Key, this);
        return request;
    }

    public HttpRequestMessage Request(HttpMethod method, string path, HttpContent? content = null) =>
        Request(method, Endpoint.Uri(path), content);
}
