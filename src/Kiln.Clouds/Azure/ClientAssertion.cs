// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kiln.Diagnostics;

namespace Kiln.Clouds.Azure;

/// <summary>What a service principal with a certificate signs instead of sending a secret (Entra ID, "Certificate credentials").</summary>
internal static class ClientAssertion
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    public static string Sign(string path, string? password, string clientId, Uri audience, DateTimeOffset now)
    {
        using X509Certificate2 certificate = Read(path, password);
        using RSA key = certificate.GetRSAPrivateKey() ?? throw Unusable(path, "it holds no RSA key", null);
        string thumbprint = Base64Url.EncodeToString(certificate.GetCertHash(HashAlgorithmName.SHA256));
        return JsonWebToken.Sign(key, RSASignaturePadding.Pss, [new("x5t#S256", thumbprint)], claims =>
        {
            claims.WriteString("aud", audience.AbsoluteUri);
            claims.WriteString("iss", clientId);
            claims.WriteString("sub", clientId);
            claims.WriteString("jti", Guid.NewGuid().ToString());
            claims.WriteNumber("nbf", now.ToUnixTimeSeconds());
            claims.WriteNumber("exp", (now + Lifetime).ToUnixTimeSeconds());
        });
    }

    private static X509Certificate2 Read(string path, string? password)
    {
        try
        {
            return Path.GetExtension(path).ToLowerInvariant() is ".pfx" or ".p12"
                ? X509CertificateLoader.LoadPkcs12FromFile(path, password)
                : X509Certificate2.CreateFromPemFile(path);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, "it cannot be read as a certificate with its key", e);
        }
    }

    private static BuildException Unusable(string path, string why, Exception? inner) =>
        DiagnosticRules.CloudRefused.Error($"`{path}`, which `AZURE_CLIENT_CERTIFICATE_PATH` names, cannot be used: {why}", inner: inner);
}
