// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;

namespace Kiln.Sandbox.Ssh;

/// <summary>
/// Reads private key files: OpenSSH's own (openssh-portable, PROTOCOL.key), PKCS#1, SEC 1 and PKCS#8. None that asks for a passphrase: there is nobody to ask. What
/// is wrong with a file is an <see cref="InvalidDataException"/>, whose message holds nothing of its content.
/// </summary>
internal static class SshKeyFile
{
    public static SshKey Parse(string text)
    {
        if (!PemEncoding.TryFind(text, out PemFields fields))
            throw text.Contains("ENCRYPTED", StringComparison.Ordinal) ? Encrypted() : new InvalidDataException("it is no private key in PEM");
        try
        {
            return text[fields.Label] switch
            {
                "OPENSSH PRIVATE KEY" => OpenSshKey.Parse(Convert.FromBase64String(text[fields.Base64Data])),
                "RSA PRIVATE KEY" => Rsa(text),
                "EC PRIVATE KEY" => Ecdsa(text),
                "PRIVATE KEY" => RsaOrEcdsa(text),
                "ENCRYPTED PRIVATE KEY" => throw Encrypted(),
                var label => throw new InvalidDataException($"a file of `{label}` is no key for SSH"),
            };
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw text.Contains("ENCRYPTED", StringComparison.Ordinal) ? Encrypted() : new InvalidDataException("its key is damaged or of a kind that is not supported");
        }
    }

    internal static InvalidDataException Encrypted() => new("its key is encrypted, and there is nobody to ask for the passphrase");

    private static RsaSshKey Rsa(string text)
    {
        var key = RSA.Create();
        key.ImportFromPem(text);
        return new RsaSshKey(key);
    }

    private static EcdsaSshKey Ecdsa(string text)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(text);
        return new EcdsaSshKey(key);
    }

    private static SshKey RsaOrEcdsa(string text)
    {
        try
        {
            return Rsa(text);
        }
        catch (CryptographicException)
        {
            return Ecdsa(text);
        }
    }
}
