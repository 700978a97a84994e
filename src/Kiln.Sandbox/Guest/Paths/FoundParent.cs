// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Supervision;

namespace Kiln.Sandbox.Guest.Paths;

/// <summary>The directory in which a name is to be made or taken away.</summary>
internal struct FoundParent : IDisposable
{
    /// <summary>The directory, as a place only.</summary>
    public Place Place;

    /// <summary>Whether this look has opened it; otherwise it is a state's, which is alive for the call.</summary>
    public bool IsOwn;

    /// <summary>Whether a slash followed the name, which is a directory's then.</summary>
    public bool WantsDirectory;

    public readonly void Dispose()
    {
        if (IsOwn)
            Place.Dispose();
    }
}
