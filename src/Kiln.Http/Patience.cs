// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Http;

/// <summary>How long a server that does not do what it should is borne with.</summary>
/// <param name="Tries">How often each request is sent before its failure counts.</param>
/// <param name="RetryDelay">The wait before the second try; it doubles for each further one.</param>
/// <param name="StallTimeout">How long nothing may move before a connection counts as broken.</param>
public sealed record Patience(int Tries, TimeSpan RetryDelay, TimeSpan StallTimeout)
{
    public static Patience Usual { get; } = new(8, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(60));
}
