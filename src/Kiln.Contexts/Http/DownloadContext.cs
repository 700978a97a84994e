// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Layers;
using Kiln.Layers.Sources;
using Kiln.Linux;

namespace Kiln.Contexts.Http;

/// <summary>A downloaded file, alone in a directory. It is root's, with mode 0600, and as old as the server says or else as time itself.</summary>
public sealed class DownloadContext(Download download, string name) : ISourceTree
{
    private readonly UnixPath _path = UnixPath.Root.Append(Encoding.UTF8.GetBytes(name));

    public LayerEntry? Find(UnixPath path)
    {
        if (path.IsRoot)
            return LayerEntry.ImpliedDirectory(path);
        return path != _path ? null : new LayerEntry
        {
            Path = path,
            Type = EntryType.File,
            Mode = 0x180,
            Size = download.Size,
            ModifiedTime = download.LastModified ?? default,
        };
    }

    public IReadOnlyList<byte[]> List(UnixPath directory) => directory.IsRoot ? [_path.Bytes.ToArray()] : [];

    public ContentSource Open(UnixPath path) => new ScratchFileSource(download.Path);

    public object? FindLinkGroup(UnixPath path) => null;
}
