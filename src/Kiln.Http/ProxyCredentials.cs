// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Kiln.Http;

/// <summary>Users and passwords of proxies, each for its own proxy alone, for whatever way of proving them that one asks for.</summary>
internal sealed class ProxyCredentials : ICredentials
{
    private readonly List<(Uri Proxy, NetworkCredential Credential)> _known = [];

    public static ProxyCredentials With(ICredentials? credentials, Uri proxy, NetworkCredential credential)
    {
        var all = credentials as ProxyCredentials ?? new ProxyCredentials();
        all._known.Add((proxy, credential));
        return all;
    }

    public NetworkCredential? GetCredential(Uri uri, string authType) =>
        _known.Find(known => known.Proxy.Host == uri.Host && known.Proxy.Port == uri.Port).Credential;
}
