// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Kiln.Layers.Sources;
using Kiln.Layers.Tar;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Layers.Deltas;

/// <summary>Tells in one pass over a layer's archive which files of a tree have the content that they have there.</summary>
public static class ArchivedContents
{
    /// <param name="archive">The plain archive; it is read to its end.</param>
    /// <param name="tree">The tree; the handle stays the caller's.</param>
    /// <param name="files">Files whose content is in this archive, of the size that they have there.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static IReadOnlyList<UnixPath> FindSame(Stream archive, DirectoryHandle tree, IEnumerable<DoubtfulFile> files, CancellationToken cancellationToken)
    {
        ILookup<UnixPath, DoubtfulFile> wanted = files.ToLookup(file => file.Before.ArchivePath);
        var digests = new Dictionary<UnixPath, byte[]>();
        var reader = new TarReader(archive);
        while (reader.ReadNext() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Of several of one path the last counts.
            if (wanted.Contains(entry.Path) && entry.Metadata.Type == EntryType.File)
                digests[entry.Path] = SHA256.HashData(reader.Content);
        }
        var same = new List<UnixPath>();
        foreach (DoubtfulFile file in wanted.SelectMany(group => group))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using Stream now = new FileSource(tree, file.Path).Open();
            if (digests.TryGetValue(file.Before.ArchivePath, out byte[]? then) && SHA256.HashData(now).AsSpan().SequenceEqual(then))
                same.Add(file.Path);
        }
        return same;
    }
}
