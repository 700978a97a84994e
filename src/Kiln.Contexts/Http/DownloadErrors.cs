// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using Kiln.Diagnostics;
using Kiln.Http;

namespace Kiln.Contexts.Http;

/// <summary>What the user is told when a URL, or an object of a cloud's store, does not give what was hoped for.</summary>
internal static class DownloadErrors
{
    /// <summary>A store says in its answer's beginning what is the matter.</summary>
    private const int LongestReason = 16 << 10;

    internal static async Task<BuildException> RefusedAsync(DownloadTarget target, Uri last, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string? code = target.Object is null ? null : await FindCodeAsync(response, cancellationToken);
        string answer = $"`{target.Name}` cannot be downloaded: the server answered {(int)response.StatusCode} {code ?? response.ReasonPhrase}".TrimEnd();
        if (target.Object is { } stored)
            return DiagnosticRules.DownloadFailed.Error(answer, hint: stored.FindHint(response.StatusCode, code));
        string where = target.Url.Authority == last.Authority && target.Url.AbsolutePath == last.AbsolutePath ? "" : $", asked at `{RedactedUri.Of(last)}` where redirects led";
        return DiagnosticRules.DownloadFailed.Error(
            answer + where,
            hint: response.StatusCode switch
            {
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "the server wants credentials, or has others in mind than those of the URL",
                HttpStatusCode.NotFound or HttpStatusCode.Gone => "check the spelling of the URL",
                _ => null,
            });
    }

    internal static BuildException Failed(DownloadTarget target, string what, string? hint) =>
        DiagnosticRules.DownloadFailed.Error($"`{target.Name}` cannot be downloaded: {what}", hint: hint);

    internal static BuildException NotTrusted(DownloadTarget target, Uri url, string refusal, Exception e) => DiagnosticRules.ServerNotTrusted.Error(
        $"`{NameOf(target, url)}` cannot be downloaded: `{url.Authority}` is not trusted, {refusal}",
        hint: "install the authority's certificate on this system; SSL_CERT_FILE names another collection of them",
        inner: e);

    internal static BuildException Unreachable(DownloadTarget target, Uri url, Exception e)
    {
        var failure = ConnectionFailure.Of(url.Authority, e);
        string? hint = failure.IsName ? "check the spelling of the host's name, and the DNS of this machine" : null;
        return DiagnosticRules.ServerUnreachable.Error($"`{NameOf(target, url)}` cannot be downloaded: {failure.Reason}", hint: hint, inner: e);
    }

    private static string NameOf(DownloadTarget target, Uri url) => target.Object is null ? RedactedUri.Of(url) : target.Name;

    /// <summary>The word for it: a header's of Azure, an XML element's of Amazon, the status of JSON of Google says no more than the number.</summary>
    private static async Task<string?> FindCodeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Headers.TryGetValues("x-ms-error-code", out IEnumerable<string>? codes))
            return Checked(codes.First());
        try
        {
            byte[] buffer = new byte[LongestReason];
            await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
            string text = Encoding.UTF8.GetString(buffer, 0, await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken));
            int start = text.IndexOf("<Code>", StringComparison.Ordinal), end = text.IndexOf("</Code>", StringComparison.Ordinal);
            return start >= 0 && end > start ? Checked(text[(start + "<Code>".Length)..end]) : null;
        }
        catch (Exception e) when (RetryPolicy.IsBroken(e))
        {
            return null;
        }
    }

    /// <summary>One word, whatever the server sends.</summary>
    private static string? Checked(string code) => code.Length is > 0 and <= 60 && code.All(char.IsAsciiLetterOrDigit) ? code : null;
}
