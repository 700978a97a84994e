// SPDX-License-Identifier: Apache-2.0
using Kiln.Cache;
using Kiln.Oci;

namespace Kiln.Build.Caching;

/// <summary>A part that says what a step reads.</summary>
/// <param name="Part">The part; of a stage's files with no value yet.</param>
/// <param name="Stage">The index of the stage whose files they are; null for other sources.</param>
internal sealed record FilePart(KeyPart Part, int? Stage)
{
    internal static FilePart Of(KeyPart part) => new(part, null);

    internal static FilePart OfStage(string name, int stage) => new(new KeyPart(name, ""), stage);

    /// <summary>The part, for which a stage is what its last key says.</summary>
    internal KeyPart Resolve(Func<int, Digest> endOf) => Stage is { } stage ? KeyPart.Of(Part.Name, endOf(stage)) : Part;
}
