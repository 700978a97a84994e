// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Kiln.Clouds.Amazon;

/// <summary>
/// Signs a request as AWS asks for (IAM User Guide, "Signature Version 4"): the canonical request, the string to sign, the key of day, region and
/// service, the signature.
/// </summary>
public static class RequestSignature
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <param name="request">Its host, path, query and all its headers are signed.</param>
    /// <param name="body">Its body.</param>
    /// <param name="credential">Whose request it is.</param>
    /// <param name="region">`eu-central-1`.</param>
    /// <param name="service">`ecr`, `sts`.</param>
    /// <param name="now">AWS accepts it for five minutes.</param>
    public static void Sign(HttpRequestMessage request, byte[] body, AmazonCredential credential, string region, string service, DateTimeOffset now) =>
        Sign(request, Convert.ToHexStringLower(SHA256.HashData(body)), credential, region, service, now);

    /// <inheritdoc cref="Sign(HttpRequestMessage, byte[], AmazonCredential, string, string, DateTimeOffset)"/>
    /// <param name="bodyHash">SHA-256 of its body, in hexadecimal digits.</param>
    public static void Sign(HttpRequestMessage request, string bodyHash, AmazonCredential credential, string region, string service, DateTimeOffset now)
    {
        string time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        request.Headers.TryAddWithoutValidation("X-Amz-Date", time);
        if (credential.SessionToken is { } token)
            request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", token);

        SortedDictionary<string, string> headers = HeadersOf(request);
        string names = string.Join(';', headers.Keys);
        string canonical = string.Join(
            '\n',
            request.Method.Method,
            request.RequestUri!.AbsolutePath,
            CanonicalQuery(request.RequestUri.Query),
            string.Concat(headers.Select(header => $"{header.Key}:{header.Value}\n")),
            names,
            bodyHash);
        string scope = $"{time[..8]}/{region}/{service}/aws4_request";
        string toSign = $"{Algorithm}\n{time}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";

        byte[] key = Encoding.UTF8.GetBytes("AWS4" + credential.SecretKey);
        foreach (string part in scope.Split('/'))
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        string signature = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
        request.Headers.Authorization = new AuthenticationHeaderValue(
            Algorithm, $"Credential={credential.KeyId}/{scope}, SignedHeaders={names}, Signature={signature}");
    }

    private static SortedDictionary<string, string> HeadersOf(HttpRequestMessage request)
    {
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["host"] = request.RequestUri!.Authority };
        IEnumerable<KeyValuePair<string, HeaderStringValues>> all = request.Headers.NonValidated;
        foreach ((string name, HeaderStringValues values) in all.Concat(request.Content?.Headers.NonValidated ?? []))
        {
            // The length is the transport's, and may be written only when the request is sent.
            if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                headers[name.ToLowerInvariant()] = string.Join(',', values.Select(value => value.Trim()));
        }
        return headers;
    }

    private static string CanonicalQuery(string query) => string.Join('&', query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Contains('=') ? pair : pair + "=").Order(StringComparer.Ordinal));
}
