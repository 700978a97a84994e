// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry.Hosts;

/// <summary>A `[[registry.mirror]]` of `registries.conf`.</summary>
/// <param name="Location">`host[:port][/path]`.</param>
/// <param name="IsInsecure">Plain http and any certificate will do.</param>
/// <param name="ForDigests">Whether it is asked for what a digest names.</param>
/// <param name="ForTags">Whether it is asked for what a tag names.</param>
public sealed record RegistryMirror(string Location, bool IsInsecure, bool ForDigests, bool ForTags);
