// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Diagnostics;
using Kiln.Layers;
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Layers.Tar;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Contexts.Archives;

/// <summary>
/// The files of a tar archive, read in place: nothing of it is ever laid out on disk, so nothing of it can get out of its directory. Owners and times are
/// those of the headers; of several entries of one path the last stands; a `.wh.` name is a name like any other.
/// </summary>
public sealed class ArchiveContext : ISourceTree
{
    private readonly ContentSource _archive;
    private readonly ArchiveNode _root = new(LayerEntry.ImpliedDirectory(UnixPath.Root), 0);

    private ArchiveContext(ContentSource archive) => _archive = archive;

    /// <summary>The modification time of the newest file; null where there is no file.</summary>
    public UnixTime? NewestFileTime { get; private set; }

    /// <summary>Lists an archive.</summary>
    /// <param name="archive">Plain, and to be opened as often as a file of it is read.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static ArchiveContext Read(ContentSource archive, CancellationToken cancellationToken)
    {
        var context = new ArchiveContext(archive);
        try
        {
            using Stream stream = archive.Open();
            var reader = new TarReader(stream);
            long offset = 0;
            while (reader.ReadNext() is { } entry)
            {
                cancellationToken.ThrowIfCancellationRequested();
                context.Put(entry, offset);
                offset = reader.NextHeaderOffset;
            }
            return context;
        }
        catch (Exception e) when (e is TarException or EndOfStreamException)
        {
            throw DiagnosticRules.ArchiveBroken.Error($"the archive cannot be read: {e.Message}", inner: e);
        }
    }

    public LayerEntry? Find(UnixPath path) => FindNode(path) is { } node ? node.Entry with { Path = path } : null;

    public IReadOnlyList<byte[]> List(UnixPath directory) => FindNode(directory) is { } node ? [.. node.Children.Keys] : [];

    public ContentSource Open(UnixPath path) =>
        FindNode(path) is { } node ? new TarEntrySource(_archive, node.Offset) : throw new ErrnoException("open", Errno.ENOENT, path.ToString());

    public object? FindLinkGroup(UnixPath path) => FindNode(path) is { NameCount: > 1 } node ? node : null;

    private void Put(TarEntry entry, long offset)
    {
        if (entry.ClimbsOut)
            throw DiagnosticRules.ArchiveEscapes.Error($"the archive's entry `{Encoding.UTF8.GetString(entry.RawName)}` leads out of it (breakout)");
        LayerEntry metadata = entry.Metadata;
        if (metadata.Path.IsRoot)
        {
            if (metadata.IsDirectory)
                _root.Entry = metadata;
            return;
        }
        ArchiveNode parent = MakeDirectory(metadata.Path.Parent);
        byte[] name = metadata.Path.Name.ToArray();
        if (metadata.Type == EntryType.HardLink)
        {
            ArchiveNode existing = FindNode(Resolve(metadata.HardLinkTarget.Parent).Append(metadata.HardLinkTarget.Name)) is { Entry.IsDirectory: false } found
                ? found
                : throw DiagnosticRules.ArchiveBroken.Error($"the archive links `/{metadata.Path}` to `/{metadata.HardLinkTarget}`, which it does not hold");
            existing.NameCount++;
            parent.Children[name] = existing;
            return;
        }
        if (metadata.Type == EntryType.File && (NewestFileTime is not { } newest || newest < metadata.ModifiedTime))
            NewestFileTime = metadata.ModifiedTime;
        if (metadata.IsDirectory && parent.Children.GetValueOrDefault(name) is { Entry.IsDirectory: true } old)
            old.Entry = metadata;
        else
            parent.Children[name] = new ArchiveNode(metadata, offset);
    }

    private ArchiveNode MakeDirectory(UnixPath path)
    {
        UnixPath real = Resolve(path);
        if (real.IsRoot)
            return _root;
        if (FindNode(real) is { } there)
            return there.Entry.IsDirectory ? there : throw DiagnosticRules.ArchiveBroken.Error($"the archive has something below `/{real}`, which is a file");
        var made = new ArchiveNode(LayerEntry.ImpliedDirectory(real), 0);
        MakeDirectory(real.Parent).Children[real.Name.ToArray()] = made;
        return made;
    }

    /// <summary>Where a directory's path leads through the archive's own links, which never lead out of it.</summary>
    private UnixPath Resolve(UnixPath path) => PathResolution.Resolve(Find, path.Bytes, followLast: true)
        ?? throw DiagnosticRules.ArchiveBroken.Error($"in the archive `/{path}` is no directory");

    private ArchiveNode? FindNode(UnixPath path)
    {
        if (path.IsRoot)
            return _root;
        ArchiveNode node = _root;
        foreach (Range range in path.Bytes.Split((byte)'/'))
        {
            if (!node.Children.TryGetValue(path.Bytes[range].ToArray(), out ArchiveNode? child))
                return null;
            node = child;
        }
        return node;
    }
}
