// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry.Auth;

/// <summary>A credential, or none, and where it was looked for: the hint of a refused request is made of it.</summary>
/// <param name="Credential">Null means: go on without.</param>
/// <param name="Place">Where it was found, or where it could have been put.</param>
public sealed record CredentialLookup(Credential? Credential, string Place);
