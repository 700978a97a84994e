// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kiln.Http;

/// <summary>
/// Authorities that the system trusts, where the OpenSSL that travels with the program does not look: each distribution has them elsewhere, and it
/// knows its own one's places.
/// </summary>
public static class SystemAuthorities
{
    // As Go looks for them; the first that is there.
    private static readonly string[] Bundles =
    [
        "/etc/ssl/certs/ca-certificates.crt", // Debian, Alpine, Arch
        "/etc/pki/tls/certs/ca-bundle.crt", // Fedora
        "/etc/ssl/ca-bundle.pem", // openSUSE
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // RHEL
        "/etc/ssl/cert.pem", // Alpine
    ];

    /// <summary>Nothing where no bundle is there, or it cannot be read: then nothing more is trusted.</summary>
    public static X509Certificate2Collection Read()
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            if (Array.Find(Bundles, File.Exists) is { } bundle)
                authorities.ImportFromPemFile(bundle);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
        }
        return authorities;
    }
}
