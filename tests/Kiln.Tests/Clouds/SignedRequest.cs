// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Kiln.Tests.Registry;

namespace Kiln.Tests.Clouds;

/// <summary>Verifies a signature of AWS from what arrived, by the steps of the specification and with nothing of the program's own.</summary>
internal static class SignedRequest
{
    public static bool IsSignedBy(FakeRequest request, string secret, string region, string service)
    {
        string header = request.Authorization ?? "";
        string names = Between(header, "SignedHeaders=", ","), claimed = header[(header.IndexOf("Signature=", StringComparison.Ordinal) + 10)..];
        string[] scope = Between(header, "Credential=", ",").Split('/')[1..];
        if (scope is not [var day, _, _, "aws4_request"] || scope[1] != region || scope[2] != service)
            return false;

        var canonical = new StringBuilder($"{request.Method}\n{request.Path}\n{(request.Target.Contains('?') ? request.Target.Split('?')[1] : "")}\n");
        foreach (string name in names.Split(';'))
            canonical.Append(name).Append(':').Append(request.Headers[name]).Append('\n');
        canonical.Append('\n').Append(names).Append('\n').Append(Hex(SHA256.HashData(request.Body)));

        string toSign = $"AWS4-HMAC-SHA256\n{request.Headers["x-amz-date"]}\n{string.Join('/', scope)}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())))}";
        byte[] key = Mac(Mac(Mac(Mac(Encoding.UTF8.GetBytes("AWS4" + secret), day), region), service), "aws4_request");
        return claimed == Hex(Mac(key, toSign));
    }

    private static string Between(string text, string start, string end)
    {
        int from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }

    private static byte[] Mac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes).ToLowerInvariant();
}
