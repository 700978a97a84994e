// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Tests.Layers.Hostile;

/// <summary>An archive that means harm, and what becomes of it: a listing, or the words of a refusal after `refused: `.</summary>
/// <param name="Make">The bytes; given the path of a directory that nothing may reach.</param>
/// <param name="Layer">As a layer of a base image: merged or apart, unpacked or only listed.</param>
/// <param name="Added">As an archive that `ADD` unpacks into `/new`.</param>
internal sealed record HostileArchive(Func<string, byte[]> Make, string Layer, string Added);
