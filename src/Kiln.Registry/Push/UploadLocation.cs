// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;
using Kiln.Registry.Transport;

namespace Kiln.Registry.Push;

/// <summary>The `Location` of an upload: absolute or relative, with a query of its own or without.</summary>
internal static class UploadLocation
{
    public static Uri Of(RegistryCall call, HttpResponseMessage response) =>
        Find(call, response) ?? throw ResponseErrors.Protocol(call, "opened an upload without a `Location`");

    public static Uri? Find(RegistryCall call, HttpResponseMessage response)
    {
        if (response.Headers.Location is not { } location)
            return null;
        Uri target = new(response.RequestMessage!.RequestUri!, location);
        // Behind a proxy that ends TLS, registries name themselves with http. The same server is asked the way that works.
        return call.Endpoint.Owns(target) ? new Uri($"https://{call.Endpoint.Authority}{target.PathAndQuery}") : target;
    }

    /// <summary>The address that closes the upload: the same, and the digest that the bytes are to have.</summary>
    public static Uri Closing(Uri location, Digest digest) =>
        new(location.AbsoluteUri + (location.Query.Length == 0 ? "?" : "&") + "digest=" + Uri.EscapeDataString(digest.ToString()));
}
