// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Kiln.Registry.Transport;

/// <summary>
/// Follows redirects: of reading requests, to the object stores where registries keep blobs, and of others where the answer says that the same is to be sent
/// elsewhere. Credentials stay with the host that they belong to. The original request is left as it was.
/// </summary>
internal sealed class RedirectHandler : DelegatingHandler
{
    private const int MaxRedirects = 8;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpRequestMessage current = request;
        for (int redirects = 0; ; redirects++)
        {
            HttpResponseMessage response = await base.SendAsync(current, cancellationToken);
            if (redirects == MaxRedirects || !IsRedirect(response) || response.Headers.Location is not { } location)
                return response;
            Uri from = response.RequestMessage?.RequestUri ?? current.RequestUri!;
            Uri target = new(from, location);
            if (target.Scheme is not ("http" or "https"))
                return response;
            response.Dispose();
            current = Redirected(current, from, target);
        }
    }

    // Of a request that writes, 301 and 302 are understood by some as an order to read instead (RFC 9110, 15.4).
    private static bool IsRedirect(HttpResponseMessage response) => response.StatusCode switch
    {
        HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect => true,
        HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther =>
            response.RequestMessage?.Method is { } method && (method == HttpMethod.Get || method == HttpMethod.Head),
        _ => false,
    };

    private static HttpRequestMessage Redirected(HttpRequestMessage request, Uri from, Uri target)
    {
        HttpRequestMessage next = RegistryCall.Of(request).Request(request.Method, target, request.Content);
        bool sameServer = from.GetLeftPart(UriPartial.Authority).Equals(target.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
        foreach ((string name, IEnumerable<string> values) in request.Headers)
        {
            if (sameServer || !name.Equals("Authorization", StringComparison.OrdinalIgnoreCase))
                next.Headers.TryAddWithoutValidation(name, values);
        }
        return next;
    }
}
