// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using Kiln.Diagnostics;

namespace Kiln.Clouds.Amazon;

/// <summary>STS, which gives the keys of a role: for the token of a web identity, or to keys that may take the role on.</summary>
internal sealed class SecurityTokenService(CloudClient client, AmazonEndpoints endpoints)
{
    private const string Version = "2011-06-15";
    private const string Service = "Amazon STS";

    public Task<AmazonCredential> AssumeByWebIdentityAsync(
        string role, string session, string token, string region, string place, CancellationToken cancellationToken) =>
        AskAsync(
            new()
            {
                ["Action"] = "AssumeRoleWithWebIdentity",
                ["Version"] = Version,
                ["RoleArn"] = role,
                ["RoleSessionName"] = session,
                ["WebIdentityToken"] = token,
            },
            signer: null, region, place, cancellationToken);

    public Task<AmazonCredential> AssumeAsync(
        string role, string session, string? externalId, AmazonCredential signer, string region, string place, CancellationToken cancellationToken)
    {
        var form = new Dictionary<string, string>
        {
            ["Action"] = "AssumeRole",
            ["Version"] = Version,
            ["RoleArn"] = role,
            ["RoleSessionName"] = session,
        };
        if (externalId is not null)
            form["ExternalId"] = externalId;
        return AskAsync(form, signer, region, place, cancellationToken);
    }

    private async Task<AmazonCredential> AskAsync(
        Dictionary<string, string> form, AmazonCredential? signer, string region, string place, CancellationToken cancellationToken)
    {
        using var encoded = new FormUrlEncodedContent(form);
        byte[] body = await encoded.ReadAsByteArrayAsync(cancellationToken);
        CloudAnswer answer = await client.SendAsync(
            Service,
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Post, endpoints.Sts(region)) { Content = new ByteArrayContent(body) };
                request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded");
                if (signer is not null)
                    RequestSignature.Sign(request, body, signer, region, "sts", client.Time.GetUtcNow());
                return request;
            },
            cancellationToken);
        answer.Demand();
        string text = answer.Text;
        var secrets = new AmazonSecrets
        {
            AccessKeyId = Element(text, "AccessKeyId"),
            SecretAccessKey = Element(text, "SecretAccessKey"),
            SessionToken = Element(text, "SessionToken"),
            Expiration = DateTimeOffset.TryParse(Element(text, "Expiration"), CultureInfo.InvariantCulture, out DateTimeOffset end) ? end : null,
        };
        return AmazonCredential.Find(secrets, place)
            ?? throw DiagnosticRules.CloudRefused.Error($"{Service} gave no keys for the role `{form["RoleArn"]}`");
    }

    /// <summary>The text of the only element of its name. The answer is a flat list of values that need no parser of XML.</summary>
    private static string? Element(string xml, string name)
    {
        int start = xml.IndexOf($"<{name}>", StringComparison.Ordinal);
        int end = xml.IndexOf($"</{name}>", StringComparison.Ordinal);
        return start < 0 || end < start ? null : WebUtility.HtmlDecode(xml[(start + name.Length + 2)..end]).Trim();
    }
}
