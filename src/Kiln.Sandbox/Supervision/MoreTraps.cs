// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Supervision;

/// <summary>What of a step's calls is trapped because of what it asks for: each costs time, so a step that asks for nothing has none.</summary>
[Flags]
internal enum MoreTraps
{
    None = 0,

    /// <summary>Changes by a path in a changed root, for <see cref="MountGuard"/>.</summary>
    Changes = 1,

    /// <summary>Lookups relative to any directory's handle in a changed root, for files that are in memory only.</summary>
    Lookups = 2,

    /// <summary>All TCP connections are made by the supervisor: <see cref="StepConnections"/>.</summary>
    Connections = 4,
}
