// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Fetching;

/// <summary>
/// Where a build context is. The kinds are closed: <see cref="DirectoryLocation"/>, <see cref="ArchiveFileLocation"/>, <see cref="ArchiveStreamLocation"/>,
/// <see cref="ArchiveUrlLocation"/>, <see cref="ObjectLocation"/>, <see cref="GitLocation"/> and <see cref="ImageLocation"/>.
/// </summary>
public abstract record ContextLocation
{
    private protected ContextLocation()
    {
    }

    /// <summary>As people know it, without secrets.</summary>
    public abstract string Name { get; }

    /// <summary>A directory in it that is the context; empty for all of it.</summary>
    public string Subdirectory { get; init; } = "";

    public sealed override string ToString() => Name;
}
