// SPDX-License-Identifier: Apache-2.0
using System.Net.Http.Headers;
using Kiln.Http;

namespace Kiln.Registry.Auth;

/// <summary>What a registry demands in `WWW-Authenticate`: `Basic`, or `Bearer` with the service that gives tokens.</summary>
internal sealed record Challenge
{
    private Challenge()
    {
    }

    /// <summary>The token service; null for `Basic`.</summary>
    public Uri? Realm { get; private init; }

    public string? Service { get; private init; }

    public string? Scope { get; private init; }

    public override string ToString() =>
        Realm is null ? "Basic" : $"Bearer, realm `{RedactedUri.Of(Realm)}`{(Service is null ? "" : $", service `{Service}`")}";

    /// <summary>The first demand that can be met, `Bearer` before `Basic`.</summary>
    public static Challenge? Find(HttpResponseMessage response)
    {
        bool basic = false;
        foreach (AuthenticationHeaderValue header in response.Headers.WwwAuthenticate)
        {
            if (header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) && Bearer(header.Parameter ?? "") is { } bearer)
                return bearer;
            basic |= header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase);
        }
        return basic ? new Challenge() : null;
    }

    private static Challenge? Bearer(string text)
    {
        Dictionary<string, string> parameters = ReadParameters(text);
        if (!Uri.TryCreate(parameters.GetValueOrDefault("realm"), UriKind.Absolute, out Uri? realm)
            || realm.Scheme is not ("http" or "https"))
            return null;
        return new Challenge
        {
            Realm = realm,
            Service = parameters.GetValueOrDefault("service"),
            Scope = parameters.GetValueOrDefault("scope"),
        };
    }

    // auth-param = token "=" ( token / quoted-string ), separated by commas (RFC 9110, 11.2).
    internal static Dictionary<string, string> ReadParameters(string text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        int i = 0;
        while (i < text.Length)
        {
            int equals = text.IndexOf('=', i);
            if (equals < 0)
                break;
            string name = text[i..equals].Trim(' ', '\t', ',');
            i = equals + 1;
            parameters[name] = ReadValue(text, ref i);
        }
        return parameters;
    }

    private static string ReadValue(string text, ref int i)
    {
        if (i >= text.Length || text[i] != '"')
        {
            int comma = text.IndexOf(',', i);
            string token = comma < 0 ? text[i..] : text[i..comma];
            i += token.Length;
            return token.Trim();
        }
        var value = new System.Text.StringBuilder();
        for (i++; i < text.Length && text[i] != '"'; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
                i++;
            value.Append(text[i]);
        }
        i++;
        return value.ToString();
    }
}
