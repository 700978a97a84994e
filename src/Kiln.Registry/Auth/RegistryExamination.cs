// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;
using Kiln.Diagnostics;
using Kiln.Http;
using Kiln.Registry.Transport;

namespace Kiln.Registry.Auth;

/// <summary>
/// Asks a registry what it lets a credential do, step by step: (1) its base address without credentials, (2) what the challenge demands, once for
/// pulling and once for pushing where a repository is named, (3) the base address again.
/// </summary>
internal sealed class RegistryExamination(RegistryTransport transport, RegistryEndpoint endpoint, Credential? credential)
{
    private readonly List<ExaminationStep> _steps = [];

    public async Task<RegistryFindings> RunAsync(CancellationToken cancellationToken)
    {
        // (1)
        using HttpResponseMessage first = await PingAsync(null, cancellationToken);
        if (first.StatusCode != HttpStatusCode.Unauthorized || Challenge.Find(first) is not { } challenge)
            return new RegistryFindings(_steps, first.IsSuccessStatusCode);
        _steps.Add(new ExaminationStep("it demands", challenge.ToString()));

        // (2)
        AuthenticationHeaderValue? proof = challenge.Realm is null || credential is { Kind: CredentialKind.RegistryToken }
            ? ProofWithoutToken()
            : await FetchAsync(challenge, cancellationToken);
        if (proof is null)
            return new RegistryFindings(_steps, IsLetIn: false);

        // (3) A token for one repository is of no use at the base address everywhere.
        if (endpoint.Repository.Length > 0 && challenge.Realm is not null && credential is not { Kind: CredentialKind.RegistryToken })
            return new RegistryFindings(_steps, IsLetIn: true);
        using HttpResponseMessage second = await PingAsync(proof, cancellationToken);
        return new RegistryFindings(_steps, second.IsSuccessStatusCode);
    }

    private AuthenticationHeaderValue? ProofWithoutToken()
    {
        AuthenticationHeaderValue? proof = credential?.Kind switch
        {
            CredentialKind.Password => AuthHandler.Basic(credential),
            CredentialKind.RegistryToken => AuthHandler.Bearer(credential.Secret),
            _ => null,
        };
        if (proof is null)
            _steps.Add(new ExaminationStep("access", credential is null ? "none without credentials" : $"none: {credential} is of no use for `Basic`"));
        return proof;
    }

    private async Task<AuthenticationHeaderValue?> FetchAsync(Challenge challenge, CancellationToken cancellationToken)
    {
        if (endpoint.Repository.Length == 0)
            return await FetchAsync(challenge, "a token", [], cancellationToken);
        string repository = $"repository:{endpoint.Repository}:";
        AuthenticationHeaderValue? pull = await FetchAsync(challenge, "a token to pull", [repository + "pull"], cancellationToken);
        AuthenticationHeaderValue? push = await FetchAsync(challenge, "a token to push", [repository + "pull,push"], cancellationToken);
        return push ?? pull;
    }

    private async Task<AuthenticationHeaderValue?> FetchAsync(
        Challenge challenge, string what, IReadOnlyList<string> scopes, CancellationToken cancellationToken)
    {
        try
        {
            var request = new TokenRequest(Call($"get {what}"), challenge.Realm!, challenge.Service, scopes, credential);
            Token token = await request.SendAsync(message => transport.SendAsync(message, cancellationToken), cancellationToken);
            _steps.Add(new ExaminationStep(what, $"given for {token.Lifetime.TotalSeconds:0} s, {Granted(token)}"));
            return AuthHandler.Bearer(token.Text);
        }
        catch (BuildException e) when (e.Diagnostic.Rule != DiagnosticRules.RegistryUnreachable)
        {
            _steps.Add(new ExaminationStep(what, e.Message));
            return null;
        }
        // A service that is ill is an exception, since requests are sent again for it.
        catch (HttpRequestException e)
        {
            _steps.Add(new ExaminationStep(what, e.Message));
            return null;
        }
    }

    private static string Granted(Token token) => TokenClaims.FindAccess(token.Text) switch
    {
        null => "which does not say what it is good for",
        [] => "good for nothing in particular",
        var scopes => $"good for {string.Join(", ", scopes.Select(scope => $"`{scope}`"))}",
    };

    private async Task<HttpResponseMessage> PingAsync(AuthenticationHeaderValue? proof, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Call("reach the registry").Request(HttpMethod.Get, new Uri($"https://{endpoint.Authority}/v2/"));
        request.Headers.Authorization = proof;
        HttpResponseMessage response = await transport.SendAsync(request, cancellationToken);
        Uri asked = response.RequestMessage?.RequestUri ?? request.RequestUri!;
        string with = proof is null ? "" : response.RequestMessage?.Headers.Authorization is null ? ", without the credentials, which do not go in clear" : " with the credentials";
        _steps.Add(new ExaminationStep($"GET {RedactedUri.Of(asked)}{with}", $"{(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd()));
        return response;
    }

    private RegistryCall Call(string action) => new() { Endpoint = endpoint, Access = RegistryAccess.Push, Action = action, IsBare = true };
}
