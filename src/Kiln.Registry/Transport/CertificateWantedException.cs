// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry.Transport;

/// <summary>A server asked for a certificate of ours, got none, and broke the connection off. Its own reason may be lost with the connection.</summary>
internal sealed class CertificateWantedException(Exception inner) : Exception("the server asked for a certificate of ours", inner)
{
    public static bool IsCauseOf(Exception? e) => e is not null && (e is CertificateWantedException || IsCauseOf(e.InnerException));
}
