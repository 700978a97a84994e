// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Kiln.Diagnostics;
using Kiln.Http;

namespace Kiln.Registry.Transport;

/// <summary>What the user is told when a registry answered, but not what was hoped for.</summary>
internal static class ResponseErrors
{
    public static async Task<BuildException> OfAsync(RegistryCall call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        string status = $"{(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd();
        string said = ErrorAnswer.Read(body) is { } reason ? $" ({reason})" : "";
        DiagnosticRule rule = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => DiagnosticRules.AccessDenied,
            HttpStatusCode.NotFound => DiagnosticRules.NotInRegistry,
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests => DiagnosticRules.RegistryFailing,
            >= HttpStatusCode.InternalServerError => DiagnosticRules.RegistryFailing,
            _ => DiagnosticRules.RegistryRefused,
        };
        return rule.Error($"cannot {call.Action}: {Who(call, response)} answered {status}{said}{Elsewhere(response)}", hint: Hint(call, response));
    }

    public static bool DeniesAccess(HttpResponseMessage response) => response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;

    private static string Who(RegistryCall call, HttpResponseMessage response) =>
        response.RequestMessage?.RequestUri is { } asked && !call.Endpoint.Owns(asked)
            ? $"`{asked.Authority}`, where `{call.Endpoint.Host}` redirects to,"
            : $"`{call.Endpoint.Host}`";

    private static string Elsewhere(HttpResponseMessage response) =>
        (int)response.StatusCode is >= 300 and < 400 && response.Headers.Location is { IsAbsoluteUri: true } location ? $" and points to `{RedactedUri.Of(location)}`" : "";

    public static BuildException Protocol(RegistryCall call, string what) =>
        DiagnosticRules.RegistryProtocol.Error($"cannot {call.Action}: `{call.Endpoint.Host}` {what}");

    private static string? Hint(RegistryCall call, HttpResponseMessage response) => response.StatusCode switch
    {
        HttpStatusCode.Unauthorized when InClear(call, response) =>
            $"credentials go over plain http only where `--insecure-registry {call.Endpoint.Host}` permits it",
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => call.CredentialNote,
        HttpStatusCode.NotFound when call.Access == RegistryAccess.Pull => "check the spelling of repository and tag"
            + (call.CredentialNote is null ? "" : $"; {call.CredentialNote}"),
        HttpStatusCode.TooManyRequests => "wait, log in for a higher limit, or use `--registry-mirror`",
        _ => null,
    };

    private static bool InClear(RegistryCall call, HttpResponseMessage response) =>
        response.RequestMessage is { RequestUri.Scheme: "http", Headers.Authorization: null }
        && !HostRules.IsLoopback(call.Endpoint.Authority);
}
