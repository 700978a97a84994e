// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Kiln.Http;

/// <summary>Why a server's certificate was refused.</summary>
/// <param name="Reason">What is the matter: "the certificate of `CN=x`, issued by `CN=y`, is refused: ...".</param>
/// <param name="Chain">The chain that was seen, on lines of its own; empty where there was none.</param>
/// <param name="IsUnknownAuthority">Whether trusting another authority would help.</param>
public sealed record CertificateRefusal(string Reason, string Chain, bool IsUnknownAuthority)
{
    internal static CertificateRefusal Of(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, string host)
    {
        if (certificate is null)
            return new CertificateRefusal("it shows no certificate", "", IsUnknownAuthority: false);
        bool isOther = errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch);
        string reason = isOther
            ? $"is not for `{host}`{NamesOf((X509Certificate2)certificate)}"
            : string.Join(", ", chain?.ChainStatus.Select(status => status.StatusInformation.Trim().TrimEnd('.')).Distinct() ?? []);
        bool isUnknown = !isOther && chain?.ChainStatus.All(status =>
            status.Status is X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.PartialChain
                or X509ChainStatusFlags.RevocationStatusUnknown or X509ChainStatusFlags.OfflineRevocation) == true;
        IEnumerable<X509Certificate2> seen = chain?.ChainElements.Select(element => element.Certificate) ?? [(X509Certificate2)certificate];
        return new CertificateRefusal(
            $"the certificate of `{certificate.Subject}`, issued by `{certificate.Issuer}`, is refused: {reason}", CertificateChainText.Write(seen), isUnknown);
    }

    private static string NamesOf(X509Certificate2 certificate)
    {
        X509SubjectAlternativeNameExtension? names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        string listed = string.Join(
            ", ", (names?.EnumerateDnsNames() ?? []).Concat(names?.EnumerateIPAddresses().Select(address => address.ToString()) ?? []).Select(name => $"`{name}`"));
        return listed.Length == 0 ? "" : $" but for {listed}";
    }
}
