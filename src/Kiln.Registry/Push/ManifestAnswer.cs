// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Registry.Push;

/// <summary>What a registry made of a manifest.</summary>
/// <param name="How">What came of it; null where it was refused.</param>
/// <param name="Refusal">Why it was refused.</param>
/// <param name="LacksBlobs">The registry says that it has not all that the manifest names, whatever it said before.</param>
internal sealed record ManifestAnswer(ManifestPush? How, BuildException? Refusal = null, bool LacksBlobs = false)
{
    /// <summary>The registry lists the manifest among the referrers of its subject.</summary>
    public bool NamesSubject { get; init; }

    public ManifestPush GetHow() => How ?? throw Refusal!;
}
