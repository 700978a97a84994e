// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Registry.Auth;

/// <summary>A credential, or none, and where it was looked for: the hint of a refused request is made of it.</summary>
/// <param name="Credential">Null means: go on without.</param>
/// <param name="Place">Where it was found, or where it could have been put.</param>
public sealed record CredentialLookup(Credential? Credential, string Place)
{
    /// <summary>Why there is none there, where more can be said than that.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the place could have one for this host: what it is not for need not be named to who has none.</summary>
    public bool Concerns { get; init; } = true;

    /// <summary>That a cloud refuses is no end: what is asked for may be open to all, and where it is not this is told.</summary>
    internal static CredentialLookup OfRefusal(string place, BuildException refusal) => new(null, place) { Reason = refusal.Message };

    internal static CredentialLookup ForOthers(string place, string reason) => new(null, place) { Reason = reason, Concerns = false };
}
