// SPDX-License-Identifier: Apache-2.0
using Kiln.Registry.Transport;

namespace Kiln.Registry.Pull;

/// <summary>Where a listing goes on (RFC 5988): `Link: &lt;/v2/NAME/tags/list?n=100&amp;last=b&gt;; rel="next"`.</summary>
internal static class NextPage
{
    /// <summary>Null where it ends, or where it would go on at another server.</summary>
    public static Uri? Of(RegistryCall call, HttpResponseMessage response)
    {
        string link = response.Headers.TryGetValues("Link", out IEnumerable<string>? values) ? values.First() : "";
        int end = link.IndexOf('>');
        if (!link.StartsWith('<') || end < 0)
            return null;
        return Uri.TryCreate(response.RequestMessage!.RequestUri, link[1..end], out Uri? target) && call.Endpoint.Owns(target)
            ? new Uri($"https://{call.Endpoint.Authority}{target.PathAndQuery}")
            : null;
    }
}
