// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Kiln.Diagnostics;
using Kiln.Http;

namespace Kiln.Contexts.Http;

/// <summary>What the user is told when a URL does not give what was hoped for.</summary>
internal static class DownloadErrors
{
    internal static BuildException Refused(Uri asked, Uri last, HttpResponseMessage response)
    {
        string where = asked == last ? "" : $", asked at `{RedactedUri.Of(last)}` where redirects led";
        return DiagnosticRules.DownloadFailed.Error(
            $"`{RedactedUri.Of(asked)}` cannot be downloaded: the server answered {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd() + where,
            hint: response.StatusCode switch
            {
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "the server wants credentials, or has others in mind than those of the URL",
                HttpStatusCode.NotFound or HttpStatusCode.Gone => "check the spelling of the URL",
                _ => null,
            });
    }

    internal static BuildException Failed(Uri asked, string what, string? hint) =>
        DiagnosticRules.DownloadFailed.Error($"`{RedactedUri.Of(asked)}` cannot be downloaded: {what}", hint: hint);

    internal static BuildException NotTrusted(Uri url, string refusal, Exception e) => DiagnosticRules.ServerNotTrusted.Error(
        $"`{RedactedUri.Of(url)}` cannot be downloaded: `{url.Authority}` is not trusted, {refusal}",
        hint: "install the authority's certificate on this system; SSL_CERT_FILE names another collection of them",
        inner: e);

    internal static BuildException Unreachable(Uri url, Exception e)
    {
        var failure = ConnectionFailure.Of(url.Authority, e);
        string? hint = failure.IsName ? "check the spelling of the host's name, and the DNS of this machine" : null;
        return DiagnosticRules.ServerUnreachable.Error($"`{RedactedUri.Of(url)}` cannot be downloaded: {failure.Reason}", hint: hint, inner: e);
    }
}
