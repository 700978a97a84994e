// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Security.Authentication;
using Kiln.Diagnostics;

namespace Kiln.Registry.Transport;

/// <summary>What the user is told when no answer came at all.</summary>
internal static class ConnectionErrors
{
    public static BuildException NotTrusted(RegistryCall call, string authority, string refusal, Exception e) =>
        DiagnosticRules.RegistryNotTrusted.Error(
            $"cannot {call.Action}: `{authority}` is not trusted, {refusal}",
            hint: "install the authority's certificate on this system, "
                + $"or skip the check with `--skip-tls-verify-registry {call.Endpoint.Host}`",
            inner: e);

    public static BuildException SpeaksHttp(RegistryCall call, Exception e) => DiagnosticRules.RegistrySpeaksHttp.Error(
        $"cannot {call.Action}: `{call.Endpoint.Host}` speaks plain http where https was expected",
        hint: $"permit plain http with `--insecure-registry {call.Endpoint.Host}`, "
            + $"or with `{(call.Access == RegistryAccess.Push ? "--insecure" : "--insecure-pull")}` for all",
        inner: e);

    public static BuildException Unreachable(RegistryCall call, Exception e)
    {
        string host = call.Endpoint.Authority;
        (string reason, string? hint) = Root(e) switch
        {
            SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } =>
                ($"there is no host `{host}`", "check the spelling of the registry's name, and the DNS of this machine"),
            SocketException { SocketErrorCode: SocketError.TryAgain } =>
                ($"the name `{host}` could not be looked up", "check the DNS of this machine"),
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } =>
                ($"nothing listens at `{host}`", "check that the registry runs and that the port is right"),
            AuthenticationException inner => ($"the TLS handshake with `{host}` failed ({Sentence(inner.Message)})", null),
            TimeoutException inner => ($"`{host}` does not answer ({Sentence(inner.Message)})", null),
            var inner => ($"the connection to `{host}` failed ({Sentence(inner.Message)})", null),
        };
        return DiagnosticRules.RegistryUnreachable.Error($"cannot {call.Action}: {reason}", hint: hint, inner: e);
    }

    private static Exception Root(Exception e) => e is TimeoutException || e.InnerException is null ? e : Root(e.InnerException);

    private static string Sentence(string message) => message.TrimEnd('.');
}
