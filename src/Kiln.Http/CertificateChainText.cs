// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Kiln.Http;

/// <summary>A chain of certificates for people, the server's own first.</summary>
internal static class CertificateChainText
{
    public static string Write(IEnumerable<X509Certificate2> chain)
    {
        var text = new StringBuilder("\nthe chain that was seen:");
        int number = 0;
        foreach (X509Certificate2 certificate in chain)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {number++} `{certificate.Subject}`, issued by `{certificate.Issuer}`, ")
                .Append(CultureInfo.InvariantCulture, $"valid from {Day(certificate.NotBefore)} to {Day(certificate.NotAfter)}");
        }
        return text.ToString();
    }

    private static string Day(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
