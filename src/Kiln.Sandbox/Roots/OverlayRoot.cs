// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Kiln.Sandbox.Roots;

/// <summary>
/// Unpacked layers, the lowest first, at most 127 of them: whiteouts are 0/0 character devices, opaque directories have `user.overlay.opaque=y`.
/// The upper directory takes the changes; it and the work directory exist, are empty, and lie on one file system.
/// </summary>
public sealed record OverlayRoot(ImmutableArray<string> LowerTrees, string UpperDirectory, string WorkDirectory) : RunRoot
{
    public override string ChangedDirectory => UpperDirectory;
}
