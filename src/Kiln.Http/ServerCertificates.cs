// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kiln.Http;

/// <summary>
/// Decides on servers' certificates. What the system trusts is trusted; a chain that leads elsewhere is held against further authorities before it is
/// refused. A refusal is an exception that ends the connection, so that whoever asked learns the reason for this very one.
/// </summary>
public sealed class ServerCertificates
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly Lazy<X509Certificate2Collection> _furtherAuthorities;

    public ServerCertificates()
        : this(() => [])
    {
    }

    /// <param name="furtherAuthorities">Trusted beside the system's; read when a chain needs them.</param>
    public ServerCertificates(Func<X509Certificate2Collection> furtherAuthorities) => _furtherAuthorities = new(furtherAuthorities);

    /// <summary>For <see cref="SslClientAuthenticationOptions.RemoteCertificateValidationCallback"/>.</summary>
    /// <exception cref="CertificateRefusedException">It is not trusted.</exception>
    public bool Check(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        Check(sender, certificate, chain, errors, []);

    /// <summary>As <see cref="Check(object, X509Certificate?, X509Chain?, SslPolicyErrors)"/>, for a host with authorities of its own.</summary>
    /// <exception cref="CertificateRefusedException">It is not trusted.</exception>
    public bool Check(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, X509Certificate2Collection ownAuthorities)
    {
        if (errors == SslPolicyErrors.None || (errors == SslPolicyErrors.RemoteCertificateChainErrors && LeadsTo(certificate!, chain!, ownAuthorities)))
            return true;
        throw new CertificateRefusedException(CertificateRefusal.Of(certificate, chain, errors, ((SslStream)sender).TargetHostName));
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
