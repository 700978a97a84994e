// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Supervision;

namespace Kiln.Sandbox.Guest.Paths;

/// <summary>Where a path of the step leads: to a place, or to something that is served. It is closed by whoever looked.</summary>
internal struct Found : IDisposable
{
    /// <summary>The file itself, as a place only; none where it is served.</summary>
    public Place Place;

    public FullStatus Status;

    /// <summary>What is served there; null for a place.</summary>
    public VirtualNode? Node;

    /// <summary>The path of what is served.</summary>
    public UnixPath Path;

    public readonly void Dispose() => Place.Dispose();
}
