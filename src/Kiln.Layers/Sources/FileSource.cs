// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Layers.Sources;

/// <summary>A regular file below a directory that stays open as long as the source is used.</summary>
public sealed class FileSource(DirectoryHandle root, UnixPath path) : ContentSource
{
    public override Stream Open() => root.OpenReader(path);
}
