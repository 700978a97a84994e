// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Kiln.Clouds.Azure;

/// <summary>Signs a GET as Azure Storage asks for (learn.microsoft.com, "Authorize with Shared Key"): by the account's key, over its headers and its resource.</summary>
internal static class SharedKeySignature
{
    public static void Sign(HttpRequestMessage request, string account, byte[] key, DateTimeOffset now)
    {
        request.Headers.TryAddWithoutValidation("x-ms-date", now.UtcDateTime.ToString("R", CultureInfo.InvariantCulture));
        string range = request.Headers.NonValidated.TryGetValues("Range", out HeaderStringValues values) ? values.ToString() : "";
        // Content-Encoding, -Language, -Length, -MD5, -Type, Date, If-Modified-Since, If-Match, If-None-Match, If-Unmodified-Since: a GET of ours has none of them.
        string signed = $"GET\n\n\n\n\n\n\n\n\n\n\n{range}\n{CanonicalHeaders(request)}{CanonicalResource(request.RequestUri!, account)}";
        string signature = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(signed)));
        request.Headers.Authorization = new AuthenticationHeaderValue("SharedKey", $"{account}:{signature}");
    }

    private static string CanonicalHeaders(HttpRequestMessage request) => string.Concat(request.Headers.NonValidated
        .Select(header => (Name: header.Key.ToLowerInvariant(), Value: header.Value.ToString().Trim()))
        .Where(header => header.Name.StartsWith("x-ms-", StringComparison.Ordinal))
        .OrderBy(header => header.Name, StringComparer.Ordinal)
        .Select(header => $"{header.Name}:{header.Value}\n"));

    private static string CanonicalResource(Uri address, string account)
    {
        IEnumerable<string> query = address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .Select(pair => (Name: Uri.UnescapeDataString(pair[0]).ToLowerInvariant(), Value: pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : ""))
            .GroupBy(pair => pair.Name, pair => pair.Value)
            .OrderBy(values => values.Key, StringComparer.Ordinal)
            .Select(values => $"\n{values.Key}:{string.Join(',', values.Order(StringComparer.Ordinal))}");
        return $"/{account}{address.AbsolutePath}{string.Concat(query)}";
    }
}
