// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;

namespace Kiln.Layers.Sources;

/// <summary>
/// A file system that `COPY` and `ADD` take from: a build context on disk or the stack of an image or stage. Links are not followed here.
/// </summary>
public interface ISourceTree
{
    /// <summary>What is at a path; null where nothing is, or nothing that may be seen.</summary>
    LayerEntry? Find(UnixPath path);

    /// <summary>The names in a directory, bytewise sorted.</summary>
    IReadOnlyList<byte[]> List(UnixPath directory);

    /// <summary>The content of a file.</summary>
    ContentSource Open(UnixPath path);

    /// <summary>Equal for all names of one file that has several; null for a file with one name.</summary>
    object? FindLinkGroup(UnixPath path);
}
