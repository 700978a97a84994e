// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Kiln.Registry.Transport;

namespace Kiln.Registry.Auth;

/// <summary>
/// Meets a registry's challenge with a password or a token. The first request to a host goes without; afterwards what the host demanded
/// is known, and tokens are kept for as long as they live.
/// </summary>
internal sealed class AuthHandler(ICredentialSource credentials, TimeProvider timeProvider) : DelegatingHandler
{
    private readonly ConcurrentDictionary<string, Challenge> _challenges = new();
    private readonly ConcurrentDictionary<string, Credential> _renewed = new();
    private readonly TokenCache _tokens = new(timeProvider);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        RegistryCall call = RegistryCall.Of(request);
        string authority = call.Endpoint.Authority;
        if (call.IsBare || !call.Endpoint.Owns(request.RequestUri!))
            return await base.SendAsync(request, cancellationToken);

        request.Headers.Authorization = _challenges.TryGetValue(authority, out Challenge? known)
            ? await MeetAsync(call, known, cancellationToken)
            : null;
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Unauthorized || !call.Endpoint.Owns(response.RequestMessage!.RequestUri!))
            return response;
        if (Challenge.Find(response) is not { } challenge)
            return response;

        AuthenticationHeaderValue? refused = request.Headers.Authorization;
        if (refused is { Scheme: "Bearer" })
            _tokens.Forget(authority, TokenScope.Of(call, known!), refused.Parameter);
        _challenges[authority] = challenge;
        AuthenticationHeaderValue? authorization = await MeetAsync(call, challenge, cancellationToken);
        if (authorization is null || authorization.Equals(refused))
            return response;
        response.Dispose();
        request.Headers.Authorization = authorization;
        return await base.SendAsync(request, cancellationToken);
    }

    internal static AuthenticationHeaderValue Basic(Credential credential) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.Username}:{credential.Secret}")));

    internal static AuthenticationHeaderValue Bearer(string token) => new("Bearer", token);

    private async ValueTask<AuthenticationHeaderValue?> MeetAsync(
        RegistryCall call, Challenge challenge, CancellationToken cancellationToken)
    {
        CredentialLookup lookup = await credentials.FindAsync(call.Endpoint.Host, call.Endpoint.Repository, cancellationToken);
        call.CredentialNote = lookup.Credential is { } found
            ? $"the registry was asked as {found} from {lookup.Place}"
            : $"no credentials for `{call.Endpoint.Host}` were found in {lookup.Place}";
        if (lookup.Credential is { Kind: CredentialKind.RegistryToken } ready)
            return Bearer(ready.Secret);
        if (challenge.Realm is null)
            return lookup.Credential is not { Kind: CredentialKind.Password } user ? null : Basic(user);

        IReadOnlyList<string> scopes = TokenScope.Of(call, challenge);
        return Bearer(await _tokens.GetAsync(
            call.Endpoint.Authority, scopes, () => FetchAsync(call, challenge, scopes, lookup.Credential, cancellationToken), cancellationToken));
    }

    /// <summary>"refresh_token: ... may be returned": a service that renews it may hold the old one for spent.</summary>
    private async Task<Token> FetchAsync(
        RegistryCall call, Challenge challenge, IReadOnlyList<string> scopes, Credential? credential, CancellationToken cancellationToken)
    {
        string? key = credential is { IsIdentityToken: true } ? credential.Secret : null;
        if (key is not null && _renewed.TryGetValue(key, out Credential? renewed))
            credential = renewed;
        var request = new TokenRequest(call, challenge.Realm!, challenge.Service, scopes, credential);
        Token token = await request.SendAsync(message => base.SendAsync(message, cancellationToken), cancellationToken);
        if (key is not null && token.RefreshToken is { } next)
            _renewed[key] = Credential.OfIdentityToken(next);
        return token;
    }
}
