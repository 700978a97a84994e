// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Http;

/// <summary>Addresses for messages: user, password and query left out, since signed addresses carry their secret in the query.</summary>
public static class RedactedUri
{
    public static string Of(Uri uri) => uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
