// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Kiln.Tests.Clouds;

/// <summary>Verifies a JSON Web Token with the public half of a key, and shows what it claims.</summary>
internal static class SignedToken
{
    public static (JsonElement Header, JsonElement Claims) Verify(string token, RSA key, RSASignaturePadding padding)
    {
        string[] parts = token.Split('.');
        Assert.True(key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, padding));
        return (Parse(parts[0]), Parse(parts[1]));
    }

    public static Dictionary<string, string> Form(byte[] body) => Encoding.UTF8.GetString(body).Split('&').Select(pair => pair.Split('='))
        .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1].Replace('+', ' ')));

    private static JsonElement Parse(string part)
    {
        using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(part));
        return document.RootElement.Clone();
    }
}
