// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;
using Kiln.Diagnostics;
using Kiln.Http;
using Kiln.Registry.Transport;

namespace Kiln.Registry.Auth;

/// <summary>
/// Fetches one token (distribution, "Token Authentication Specification"): by GET with a password or none, by POST as OAuth2 has it with
/// an identity token.
/// </summary>
internal sealed record TokenRequest(RegistryCall Call, Uri Realm, string? Service, IReadOnlyList<string> Scopes, Credential? Credential)
{
    // "expires_in: If omitted, this defaults to 60 seconds"
    private const int DefaultLifetimeSeconds = 60;

    private const int MaxAnswerSize = 1 << 20;

    private string ServiceName => $"the token service `{RedactedUri.Of(Realm)}`";

    public async Task<Token> SendAsync(Func<HttpRequestMessage, Task<HttpResponseMessage>> send, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Credential is { IsIdentityToken: true } ? Post(Credential) : Get();
        using HttpResponseMessage response = await send(request);
        byte[] body = await ReadAsync(response, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw Refused(response, body);
        return Parse(body);
    }

    private HttpRequestMessage Get()
    {
        IEnumerable<string> parameters = Scopes.Select(scope => "scope=" + Uri.EscapeDataString(scope));
        if (Service is not null)
            parameters = parameters.Prepend("service=" + Uri.EscapeDataString(Service));
        string query = string.Join('&', parameters);
        string separator = query.Length == 0 ? "" : Realm.Query.Length == 0 ? "?" : "&";
        HttpRequestMessage request = Call.Request(HttpMethod.Get, new Uri(Realm.AbsoluteUri + separator + query));
        if (Credential is not null)
            request.Headers.Authorization = AuthHandler.Basic(Credential);
        return request;
    }

    // The whole request is the secret here, so it may not go in clear at all.
    private HttpRequestMessage Post(Credential credential)
    {
        if (Realm.Scheme != Uri.UriSchemeHttps && !HostRules.IsLoopback(Realm.Authority))
            throw DiagnosticRules.AccessDenied.Error($"cannot {Call.Action}: {ServiceName} would get the credentials in clear");
        return Call.Request(HttpMethod.Post, Realm, new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "refresh_token",
            ["client_id"] = "kiln",
            ["service"] = Service ?? "",
            ["scope"] = string.Join(' ', Scopes),
            ["refresh_token"] = credential.Secret,
        }));
    }

    private async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxAnswerSize, cancellationToken);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw DiagnosticRules.RegistryProtocol.Error($"cannot {Call.Action}: {ServiceName} answers too much", inner: e);
        }
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    private Token Parse(byte[] body)
    {
        try
        {
            TokenAnswer? answer = JsonSerializer.Deserialize(body, RegistryJson.Default.TokenAnswer);
            string? token = string.IsNullOrEmpty(answer?.Token) ? answer?.AccessToken : answer.Token;
            if (!string.IsNullOrEmpty(token))
                {
                var lifetime = TimeSpan.FromSeconds(Math.Max(answer!.ExpiresInSeconds ?? 0, DefaultLifetimeSeconds));
                return new Token(token, lifetime, string.IsNullOrEmpty(answer.RefreshToken) ? null : answer.RefreshToken);
            }
        }
        catch (JsonException)
        {
        }
        throw DiagnosticRules.RegistryProtocol.Error($"cannot {Call.Action}: {ServiceName} gave no token");
    }

    private Exception Refused(HttpResponseMessage response, byte[] body)
    {
        // A service that is ill is asked again with the request that needs the token.
        if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError)
            return new HttpRequestException($"{ServiceName} answered {(int)response.StatusCode}", null, response.StatusCode);
        string said = ErrorAnswer.Read(body) is { } reason ? $" ({reason})" : "";
        return DiagnosticRules.AccessDenied.Error(
            $"cannot {Call.Action}: {ServiceName} answered {(int)response.StatusCode}{said}", hint: Call.CredentialNote);
    }
}
