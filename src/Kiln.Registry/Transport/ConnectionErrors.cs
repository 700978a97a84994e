// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Http;

namespace Kiln.Registry.Transport;

/// <summary>What the user is told when no answer came at all.</summary>
internal static class ConnectionErrors
{
    public static BuildException NotTrusted(RegistryCall call, string authority, CertificateRefusal refusal, Exception e) =>
        DiagnosticRules.RegistryNotTrusted.Error(
            $"cannot {call.Action}: `{authority}` is not trusted, {refusal.Reason}{refusal.Chain}",
            hint: (refusal.IsUnknownAuthority ? $"name the authority's certificate by `--registry-certificate {call.Endpoint.Host}=FILE`, install it on this system, " : "")
                + $"{(refusal.IsUnknownAuthority ? "or " : "")}skip the check with `--skip-tls-verify-registry {HostToSkip(call, authority)}`",
            inner: e);

    public static BuildException WantsCertificate(RegistryCall call, string authority, Exception e) => DiagnosticRules.RegistryNotTrusted.Error(
        $"cannot {call.Action}: `{authority}` does not let us in without a certificate of ours",
        hint: $"name one, and its key, by `--registry-client-cert {call.Endpoint.Host}=CERTIFICATE,KEY`",
        inner: e);

    /// <summary>A token service or a store is skipped by its own name.</summary>
    private static string HostToSkip(RegistryCall call, string authority) => authority == call.Endpoint.Authority ? call.Endpoint.Host : authority;

    public static BuildException SpeaksHttp(RegistryCall call, Exception e) => DiagnosticRules.RegistrySpeaksHttp.Error(
        $"cannot {call.Action}: `{call.Endpoint.Host}` speaks plain http where https was expected",
        hint: $"permit plain http with `--insecure-registry {call.Endpoint.Host}`, "
            + $"or with `{(call.Access == RegistryAccess.Push ? "--insecure" : "--insecure-pull")}` for all",
        inner: e);

    public static BuildException Unreachable(RegistryCall call, Exception e)
    {
        string host = call.Endpoint.Authority;
        if (CertificateWantedException.IsCauseOf(e))
            return WantsCertificate(call, host, e);
        var failure = ConnectionFailure.Of(host, e);
        string? hint = failure switch
        {
            { IsName: true } => "check the spelling of the registry's name, and the DNS of this machine",
            { IsPort: true } => "check that the registry runs and that the port is right",
            _ => null,
        };
        return DiagnosticRules.RegistryUnreachable.Error($"cannot {call.Action}: {failure.Reason}", hint: hint, inner: e);
    }
}
