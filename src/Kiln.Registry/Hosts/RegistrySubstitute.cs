// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry.Hosts;

/// <summary>A `--registry-map`: what is asked before a registry.</summary>
/// <param name="Host">The registry.</param>
/// <param name="Target">`host[:port][/prefix]`.</param>
public sealed record RegistrySubstitute(string Host, string Target);
