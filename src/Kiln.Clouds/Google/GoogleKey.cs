// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kiln.Diagnostics;

namespace Kiln.Clouds.Google;

/// <summary>
/// Makes a token of a key file: a service account signs a claim (RFC 7523), a user has a refresh token, a foreign identity is exchanged
/// (workload identity federation, RFC 8693), and each of them may stand in for another account.
/// </summary>
internal sealed class GoogleKey(GoogleKeyFile file, string place, CloudClient client)
{
    public const string Scope = "https://www.googleapis.com/auth/cloud-platform";

    private const string UsualTokenUri = "https://oauth2.googleapis.com/token";
    private const string Service = "Google's token service";
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public async Task<CloudToken> GetTokenAsync(CancellationToken cancellationToken)
    {
        switch (file.Type)
        {
            case "service_account":
                return await PostAsync(Address(file.TokenUri ?? UsualTokenUri), Assertion(), cancellationToken);
            case "authorized_user":
                return await PostAsync(Address(file.TokenUri ?? UsualTokenUri), Refresh(), cancellationToken);
            case "external_account":
                CloudToken federated = await PostAsync(Address(file.TokenUrl), await ExchangeAsync(cancellationToken), cancellationToken);
                return file.ImpersonationUrl is null ? federated : await ImpersonateAsync(federated, cancellationToken);
            case "impersonated_service_account" when file.SourceCredentials is { } source && source.Type != file.Type:
                return await ImpersonateAsync(await new GoogleKey(source, place, client).GetTokenAsync(cancellationToken), cancellationToken);
            default:
                throw Unusable($"its type `{file.Type}` is none that is known here");
        }
    }

    private Dictionary<string, string> Assertion()
    {
        Uri audience = Address(file.TokenUri ?? UsualTokenUri);
        string email = file.ClientEmail ?? throw Unusable("it has no `client_email`");
        using var key = RSA.Create();
        try
        {
            key.ImportFromPem(file.PrivateKey);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw Unusable("its `private_key` is no RSA key in PEM"); // Without the cause, which may quote the key.
        }
        long now = client.Time.GetUtcNow().ToUnixTimeSeconds();
        string token = JsonWebToken.Sign(key, RSASignaturePadding.Pkcs1, file.PrivateKeyId is { } id ? [new("kid", id)] : [], claims =>
        {
            claims.WriteString("iss", email);
            claims.WriteString("sub", email);
            claims.WriteString("aud", audience.OriginalString);
            claims.WriteString("scope", Scope);
            claims.WriteNumber("iat", now);
            claims.WriteNumber("exp", now + (long)Lifetime.TotalSeconds);
        });
        return new() { ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer", ["assertion"] = token };
    }

    private Dictionary<string, string> Refresh() => new()
    {
        ["grant_type"] = "refresh_token",
        ["client_id"] = file.ClientId ?? throw Unusable("it has no `client_id`"),
        ["client_secret"] = file.ClientSecret ?? "",
        ["refresh_token"] = file.RefreshToken ?? throw Unusable("it has no `refresh_token`"),
    };

    private async Task<Dictionary<string, string>> ExchangeAsync(CancellationToken cancellationToken) => new()
    {
        ["grant_type"] = "urn:ietf:params:oauth:grant-type:token-exchange",
        ["requested_token_type"] = "urn:ietf:params:oauth:token-type:access_token",
        ["audience"] = file.Audience ?? throw Unusable("it has no `audience`"),
        ["scope"] = Scope,
        ["subject_token_type"] = file.SubjectTokenType ?? throw Unusable("it has no `subject_token_type`"),
        ["subject_token"] = await ReadSubjectAsync(cancellationToken),
    };

    private async Task<string> ReadSubjectAsync(CancellationToken cancellationToken)
    {
        GoogleKeyFile.SubjectSource? source = file.CredentialSource;
        string text;
        if (source?.File is { } path)
            text = Surroundings.ReadFile(path, place);
        else if (source?.Url is { } url)
            text = await FetchSubjectAsync(Address(url), source.Headers ?? [], cancellationToken);
        else
            throw Unusable("its `credential_source` is neither a file nor a URL");
        if (source.Format?.Type != "json")
            return text.Trim();
        string name = source.Format.FieldName ?? throw Unusable("its `format` has no `subject_token_field_name`");
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.TryGetProperty(name, out JsonElement token) && token.GetString() is { Length: > 0 } subject)
                return subject;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
        }
        throw Unusable($"what its `credential_source` gives is no JSON object with `{name}`");
    }

    private async Task<string> FetchSubjectAsync(Uri address, Dictionary<string, string> headers, CancellationToken cancellationToken)
    {
        string service = $"the source of the identity's token, `{address.Authority}`,";
        CloudAnswer answer = await client.SendAsync(
            service,
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Get, address);
                foreach ((string name, string value) in headers)
                    request.Headers.TryAddWithoutValidation(name, value);
                return request;
            },
            cancellationToken);
        answer.Demand();
        return answer.Text;
    }

    private async Task<CloudToken> ImpersonateAsync(CloudToken token, CancellationToken cancellationToken)
    {
        CloudAnswer answer = await client.SendAsync(
            "Google's IAM service",
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Post, Address(file.ImpersonationUrl))
                {
                    Content = new StringContent($$"""{"scope":["{{Scope}}"],"lifetime":"3600s"}""", Encoding.UTF8, "application/json"),
                };
                request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token.Text);
                return request;
            },
            cancellationToken);
        ImpersonationAnswer given = answer.Parse(CloudJson.Default.ImpersonationAnswer);
        return string.IsNullOrEmpty(given.AccessToken)
            ? throw answer.Malformed()
            : new CloudToken(given.AccessToken, given.ExpireTime ?? client.Time.GetUtcNow() + Lifetime, place);
    }

    private async Task<CloudToken> PostAsync(Uri address, Dictionary<string, string> form, CancellationToken cancellationToken)
    {
        CloudAnswer answer = await client.SendAsync(
            Service, () => new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(form) }, cancellationToken);
        return OAuthAnswer.Read(answer, client.Time.GetUtcNow(), place);
    }

    /// <summary>Keys and tokens go in clear within this machine only.</summary>
    private Uri Address(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && (address.Scheme == "https" || (address.Scheme == "http" && (address.IsLoopback || address.Host == "169.254.169.254")))
            ? address
            : throw Unusable($"`{text}` is no https address");

    private BuildException Unusable(string why) => DiagnosticRules.CloudRefused.Error($"the Google credentials in {place} cannot be used: {why}");
}
