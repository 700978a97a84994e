// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry;

/// <summary>What a registry is asked for: tokens, plain http and TLS checks are granted for one or the other.</summary>
public enum RegistryAccess
{
    Pull,
    Push,
}
