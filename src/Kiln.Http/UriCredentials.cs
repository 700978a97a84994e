// SPDX-License-Identifier: Apache-2.0
using System.Net.Http.Headers;
using System.Text;

namespace Kiln.Http;

/// <summary>The user and password that an address holds (RFC 3986, 3.2.1), which go to the server that it names as a header, and nowhere else.</summary>
public static class UriCredentials
{
    /// <summary>RFC 7617; null where the address holds none.</summary>
    public static AuthenticationHeaderValue? Find(Uri uri)
    {
        if (uri.UserInfo.Length == 0)
            return null;
        string[] halves = uri.UserInfo.Split(':', 2);
        string pair = $"{Uri.UnescapeDataString(halves[0])}:{(halves.Length > 1 ? Uri.UnescapeDataString(halves[1]) : "")}";
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
    }

    /// <summary>The address as it is asked for: without them, and without a fragment.</summary>
    public static Uri Remove(Uri uri) => new UriBuilder(uri) { UserName = "", Password = "", Fragment = "" }.Uri;
}
