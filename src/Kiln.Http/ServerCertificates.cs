// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Kiln.Http;

/// <summary>Decides on servers' certificates, and remembers why one was refused: the exception that follows does not say.</summary>
public sealed class ServerCertificates
{
    private readonly ConcurrentDictionary<string, string> _refusals = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Why the certificate of `host[:port]` was refused; null where it was not.</summary>
    public string? FindRefusal(string authority) => _refusals.GetValueOrDefault(new Uri("https://" + authority).IdnHost);

    public bool Check(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        string host = ((SslStream)sender).TargetHostName;
        if (errors == SslPolicyErrors.None)
        {
            _refusals.TryRemove(host, out _);
            return true;
        }
        _refusals[host] = Describe(certificate, chain, errors, host);
        return false;
    }

    private static string Describe(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, string host)
    {
        if (certificate is null)
            return "it shows no certificate";
        string reason = errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? $"is not for `{host}`"
            : string.Join(", ", chain?.ChainStatus.Select(status => status.StatusInformation.Trim().TrimEnd('.')).Distinct() ?? []);
        return $"the certificate of `{certificate.Subject}`, issued by `{certificate.Issuer}`, is refused: {reason}";
    }
}
