// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Caching;

/// <summary>
/// In what the rungs differ for a step that succeeds: docs/reference/isolation.md has the table, and the conformance cases come to the same layers in all of them. A step to which none of it
/// matters shares its results among the rungs.
/// </summary>
[Flags]
internal enum RungTraits
{
    None = 0,

    /// <summary>Set-uid programs gain nothing, which a step sees that is not root.</summary>
    NoNewPrivileges = 1,

    /// <summary>There is not even a loopback interface where a step asks for no network.</summary>
    NoLoopback = 2,
}
