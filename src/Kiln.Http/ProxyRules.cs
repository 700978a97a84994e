// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Kiln.Http;

/// <summary>
/// Which proxy a request goes through, as `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` say in either case, read as most programs in
/// containers read them (Go's): `NO_PROXY` is a list of hosts with all below them, addresses, networks as `10.0.0.0/8`, each with a port or without,
/// and `*` for all. This machine is never asked through a proxy.
/// </summary>
public sealed class ProxyRules : IWebProxy
{
    private readonly Uri? _http;
    private readonly Uri? _https;
    private readonly ProxyException[] _exceptions;

    private ProxyRules(Uri? http, Uri? https, ProxyException[] exceptions)
    {
        (_http, _https, _exceptions) = (Bare(http), Bare(https), exceptions);
        foreach (Uri? proxy in new[] { http, https })
        {
            if (proxy?.UserInfo is { Length: > 0 } user)
            {
                string[] parts = [.. user.Split(':', 2).Select(Uri.UnescapeDataString)];
                var credential = new NetworkCredential(parts[0], parts.Length > 1 ? parts[1] : "");
                Credentials = ProxyCredentials.With(Credentials, proxy, credential);
            }
        }
    }

    public ICredentials? Credentials { get; set; }

    /// <summary>Null where the variables name no proxy.</summary>
    /// <param name="variables">The environment.</param>
    /// <param name="refuse">Told of a variable that is no address, without its value: that may hold a password.</param>
    public static ProxyRules? Read(IReadOnlyDictionary<string, string> variables, Func<string, Exception> refuse)
    {
        Uri? all = Find("all_proxy");
        // RFC 3875: a CGI program has the header `Proxy` of its client in HTTP_PROXY.
        Uri? http = variables.ContainsKey("REQUEST_METHOD") && !variables.ContainsKey("http_proxy") ? null : Find("http_proxy");
        Uri? https = Find("https_proxy");
        if ((http ?? https ?? all) is null)
            return null;
        string exceptions = Text("no_proxy") ?? "";
        return new ProxyRules(http ?? all, https ?? all, [.. exceptions.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(ProxyException.Parse)]);

        string? Text(string name) =>
            variables.GetValueOrDefault(name) is { Length: > 0 } lower ? lower
            : variables.GetValueOrDefault(name.ToUpperInvariant()) is { Length: > 0 } upper ? upper
            : null;

        Uri? Find(string name)
        {
            if (Text(name) is not { } text)
                return null;
            string full = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
            return Uri.TryCreate(full, UriKind.Absolute, out Uri? proxy) && proxy.Scheme is "http" or "https" or "socks4" or "socks4a" or "socks5" && proxy.Host.Length > 0
                ? proxy
                : throw refuse(name);
        }
    }

    // What fails at a proxy is told with its address.
    private static Uri? Bare(Uri? proxy) => proxy is null || proxy.UserInfo.Length == 0 ? proxy : new UriBuilder(proxy) { UserName = "", Password = "" }.Uri;

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : destination.Scheme is "https" or "wss" ? _https : _http;

    public bool IsBypassed(Uri host) =>
        (host.Scheme is "https" or "wss" ? _https : _http) is null
        || host.IsLoopback
        || _exceptions.Any(exception => exception.Matches(host.IdnHost.Trim('[', ']'), host.Port));
}
