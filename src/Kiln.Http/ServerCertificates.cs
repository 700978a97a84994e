// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kiln.Http;

/// <summary>
/// Decides on servers' certificates, and remembers why one was refused: the exception that follows does not say. What the system trusts is trusted;
/// a chain that leads elsewhere is held against further authorities before it is refused.
/// </summary>
public sealed class ServerCertificates
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly ConcurrentDictionary<string, CertificateRefusal> _refusals = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lazy<X509Certificate2Collection> _furtherAuthorities;

    public ServerCertificates()
        : this(() => [])
    {
    }

    /// <param name="furtherAuthorities">Trusted beside the system's; read when a chain needs them.</param>
    public ServerCertificates(Func<X509Certificate2Collection> furtherAuthorities) => _furtherAuthorities = new(furtherAuthorities);

    /// <summary>Why the certificate of `host[:port]` was refused; null where it was not.</summary>
    public CertificateRefusal? FindRefusal(string authority) => _refusals.GetValueOrDefault(new Uri("https://" + authority).IdnHost);

    public bool Check(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        Check(sender, certificate, chain, errors, []);

    /// <summary>As <see cref="Check(object, X509Certificate?, X509Chain?, SslPolicyErrors)"/>, for a host with authorities of its own.</summary>
    public bool Check(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, X509Certificate2Collection ownAuthorities)
    {
        string host = ((SslStream)sender).TargetHostName;
        if (errors == SslPolicyErrors.None
            || (errors == SslPolicyErrors.RemoteCertificateChainErrors && LeadsTo(certificate!, chain!, ownAuthorities)))
        {
            _refusals.TryRemove(host, out _);
            return true;
        }
        _refusals[host] = CertificateRefusal.Of(certificate, chain, errors, host);
        return false;
    }

    private bool LeadsTo(X509Certificate certificate, X509Chain seen, X509Certificate2Collection ownAuthorities)
    {
        X509Certificate2Collection authorities = [.. ownAuthorities, .. _furtherAuthorities.Value];
        if (authorities.Count == 0)
            return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        foreach (X509ChainElement element in seen.ChainElements)
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        chain.ChainPolicy.ExtraStore.AddRange(seen.ChainPolicy.ExtraStore);
        return chain.Build((X509Certificate2)certificate);
    }
}
