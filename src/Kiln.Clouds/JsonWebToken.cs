// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Kiln.Clouds;

/// <summary>Signs claims with an RSA key: RFC 7519 by RS256 or PS256 (RFC 7518, 3.3 and 3.5).</summary>
internal static class JsonWebToken
{
    public static string Sign(
        RSA key, RSASignaturePadding padding, IEnumerable<KeyValuePair<string, string>> header, Action<Utf8JsonWriter> writeClaims)
    {
        string head = Encode(writer =>
        {
            writer.WriteString("alg", padding == RSASignaturePadding.Pss ? "PS256" : "RS256");
            writer.WriteString("typ", "JWT");
            foreach ((string name, string value) in header)
                writer.WriteString(name, value);
        });
        string signed = $"{head}.{Encode(writeClaims)}";
        byte[] signature = key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, padding);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }
        return Base64Url.EncodeToString(buffer.ToArray());
    }
}
