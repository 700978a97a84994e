// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Security.Authentication;

namespace Kiln.Http;

/// <summary>Why no answer came, in words for users.</summary>
/// <param name="Reason">What happened: "nothing listens at `host:80`".</param>
/// <param name="IsName">Whether the host's name is what fails.</param>
/// <param name="IsPort">Whether the machine is there, and refuses.</param>
public readonly record struct ConnectionFailure(string Reason, bool IsName = false, bool IsPort = false)
{
    /// <param name="host">`host[:port]`, as the user knows it.</param>
    /// <param name="e">What was thrown in place of an answer.</param>
    public static ConnectionFailure Of(string host, Exception e) => Root(e) switch
    {
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } => new($"there is no host `{host}`", IsName: true),
        SocketException { SocketErrorCode: SocketError.TryAgain } => new($"the name `{host}` could not be looked up", IsName: true),
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => new($"nothing listens at `{host}`", IsPort: true),
        CertificateRefusedException inner => new($"the certificate of `{host}` is not trusted ({inner.Refusal.Reason})"),
        AuthenticationException inner => new($"the TLS handshake with `{host}` failed ({Sentence(inner.Message)})"),
        TimeoutException inner => new($"`{host}` does not answer ({Sentence(inner.Message)})"),
        var inner => new($"the connection to `{host}` failed ({Sentence(inner.Message)})"),
    };

    private static Exception Root(Exception e) => e is TimeoutException || e.InnerException is null ? e : Root(e.InnerException);

    private static string Sentence(string message) => message.TrimEnd('.');
}
