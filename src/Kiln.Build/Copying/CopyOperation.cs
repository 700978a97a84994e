// SPDX-License-Identifier: Apache-2.0
using Kiln.Contexts.Archives;
using Kiln.Layers;
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Linux;

namespace Kiln.Build.Copying;

/// <summary>
/// `COPY` and `ADD` as BuildKit does them: a function from a source listing and the stage's listing to a layer delta. No byte of content is
/// touched; that happens when the delta is written.
/// </summary>
public sealed class CopyOperation
{
    private readonly CopySettings _options;
    private readonly CopyTarget _target;
    private readonly ArchiveUnpacker _unpacker;
    private int _copies;

    public CopyOperation(StackView below, CopySettings options, ArchiveSpool spool)
    {
        _options = options;
        _target = new CopyTarget(below, options);
        _unpacker = new ArchiveUnpacker(_target, options, spool);
    }

    /// <summary>What has been copied, once all sources were.</summary>
    public LayerDelta Delta => _target.Delta;

    /// <summary>Copies what a source path means.</summary>
    public void Copy(ISourceTree tree, string source, CancellationToken cancellationToken)
    {
        foreach (UnixPath path in SourcePattern.Expand(tree, source))
            CopyOne(tree, path, _options.UnpackArchives, cancellationToken);
    }

    /// <summary>Copies exactly one path, which is taken literally.</summary>
    public void CopyNamed(ISourceTree tree, UnixPath path, bool unpackArchive, CancellationToken cancellationToken) =>
        CopyOne(tree, path, unpackArchive, cancellationToken);

    /// <summary>`--parents`: what a source path means, with its directories below the pivot.</summary>
    public void CopyWithParents(ISourceTree tree, string source, CancellationToken cancellationToken) =>
        new ParentsCopy(tree, _target, _options, _options.Span, PutNested).Run(source, cancellationToken);

    /// <summary>Copies a heredoc: a file of some name and mode 0644.</summary>
    public void CopyBytes(string name, ReadOnlyMemory<byte> bytes)
    {
        UnixPath path = PlaceFile(UnixPath.Clean(name));
        var entry = new LayerEntry { Path = path, Type = EntryType.File, Mode = 0x1A4, Size = bytes.Length, ModifiedTime = _options.Now };
        _target.PutFile(Dress(entry), new BytesSource(bytes), null);
    }

    private void CopyOne(ISourceTree tree, UnixPath named, bool unpackArchive, CancellationToken cancellationToken)
    {
        UnixPath real = PathResolution.Resolve(tree.Find, named.Bytes, followLast: true) ?? throw SourcePattern.NotFound(named.ToString());
        LayerEntry entry = tree.Find(real) ?? throw SourcePattern.NotFound(named.ToString());
        _copies++;
        if (entry.IsDirectory)
            CopyDirectory(tree, real, entry, cancellationToken);
        else if (unpackArchive && entry.Type == EntryType.File && _unpacker.TryUnpack(tree.Open(real), cancellationToken))
            return;
        else
            _target.PutFile(Dress(entry with { Path = PlaceFile(named) }), Content(tree, real, entry), null);
    }

    /// <summary>Where a single file goes: into the destination if that is or is written as a directory, else it becomes the destination.</summary>
    private UnixPath PlaceFile(UnixPath named)
    {
        UnixPath destination = _target.Resolve(_options.Destination);
        if (!_options.DestinationIsDirectory && !_target.IsDirectory(destination))
        {
            _target.MakeDirectories(destination.Parent);
            return destination;
        }
        _target.MakeDirectories(destination);
        return destination.Append(named.Name);
    }

    private void CopyDirectory(ISourceTree tree, UnixPath source, LayerEntry entry, CancellationToken cancellationToken)
    {
        UnixPath destination = _target.Resolve(_options.Destination);
        if (!destination.IsRoot && _target.Find(destination) is { IsDirectory: false })
            throw CopyTarget.CannotCopyToNonDirectory(destination);
        _target.MakeDirectories(destination);
        // The directory itself keeps its mode and owner, or has those of any directory made on the way; only the time is the source's.
        if (_target.Find(destination) is { } top)
            _target.PutDirectory(top with { Path = destination, ModifiedTime = entry.ModifiedTime });
        CopyContents(tree, source, UnixPath.Root, destination, [], cancellationToken);
    }

    /// <param name="tree">Where from.</param>
    /// <param name="source">The directory whose content is copied.</param>
    /// <param name="relative">Its path below the source that was named: what `--exclude` is held against.</param>
    /// <param name="destination">The directory that is there already, or is to be made when something goes into it.</param>
    /// <param name="pending">Excluded directories on the way, which are made only for an exception below them.</param>
    /// <param name="cancellationToken">Ends the copy.</param>
    private void CopyContents(
        ISourceTree tree, UnixPath source, UnixPath relative, UnixPath destination, IReadOnlyList<LayerEntry> pending, CancellationToken cancellationToken)
    {
        foreach (byte[] name in tree.List(source))
        {
            cancellationToken.ThrowIfCancellationRequested();
            UnixPath below = relative.Append(name), from = source.Append(name), to = destination.Append(name);
            if (tree.Find(from) is not { } entry)
                continue;
            bool excluded = _options.Excludes.Matches(below);
            if (excluded && !(entry.IsDirectory && _options.Excludes.MayExceptBelow(below)))
                continue;
            if (!excluded)
            {
                foreach (LayerEntry directory in pending)
                    _target.PutDirectory(directory);
                PutNested(tree, from, entry, to);
            }
            if (entry.IsDirectory)
                CopyContents(tree, from, below, to, excluded ? [.. pending, Dress(entry with { Path = to })] : [], cancellationToken);
        }
    }

    private void PutNested(ISourceTree tree, UnixPath from, LayerEntry entry, UnixPath to)
    {
        LayerEntry dressed = Dress(entry with { Path = to });
        if (entry.IsDirectory)
            _target.PutDirectory(dressed);
        else
            _target.PutFile(dressed, Content(tree, from, entry), tree.FindLinkGroup(from) is { } group ? (_copies, group) : null);
    }

    private static ContentSource? Content(ISourceTree tree, UnixPath path, LayerEntry entry) =>
        entry.Type == EntryType.File ? tree.Open(path) : null;

    private LayerEntry Dress(LayerEntry entry)
    {
        (uint uid, uint gid) = _options.Owner ?? (entry.Uid, entry.Gid);
        return entry with
        {
            Uid = uid,
            Gid = gid,
            Mode = _options.Mode is { } change && entry.Type != EntryType.SymbolicLink ? change.Apply(entry.Mode, entry.IsDirectory) : entry.Mode,
        };
    }
}
