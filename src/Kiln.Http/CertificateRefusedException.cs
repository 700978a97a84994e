// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Http;

/// <summary>A connection was given up because of the server's certificate.</summary>
public sealed class CertificateRefusedException(CertificateRefusal refusal) : Exception(refusal.Reason)
{
    public CertificateRefusal Refusal { get; } = refusal;

    /// <summary>The refusal that a failed request goes back to; null where it failed otherwise.</summary>
    public static CertificateRefusal? FindRefusal(Exception? e) =>
        e is null ? null : (e as CertificateRefusedException)?.Refusal ?? FindRefusal(e.InnerException);
}
