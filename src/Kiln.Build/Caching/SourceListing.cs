// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Build.Copying;
using Kiln.Cache;
using Kiln.Contexts.Archives;
using Kiln.Layers;
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Planning.Steps;

namespace Kiln.Build.Caching;

/// <summary>
/// What a step takes of a source, as one digest: of each file its path, type, mode, owner, link, capability and content as they are copied, and no time. It is found by copying into nothing, so that it is
/// what the step would copy and nothing else; what the destination makes of it depends on the stack below, which keys have anyway.
/// </summary>
/// <param name="tree">The source.</param>
/// <param name="digests">What is in its files.</param>
internal sealed class SourceListing(ISourceTree tree, FileDigests digests)
{
    /// <summary>So many files are listed one by one for people to see which of them differs.</summary>
    private const int MostShown = 100;

    private static readonly UnixPath Destination = UnixPath.Clean("files");

    private readonly NotingTree _tree = new(tree);
    private readonly List<(UnixPath Named, EntryType Type, List<DeltaEntry> Entries)> _copies = [];

    /// <summary>Adds what a source path of `COPY` or `ADD` means.</summary>
    internal void Add(CopyStep step, CopySource source, CancellationToken cancellationToken)
    {
        PathPatterns excludes = PathPatterns.Parse(step.Excludes, step.Span);
        if (step.Parents)
        {
            CopyOperation operation = Begin(excludes, step);
            operation.CopyWithParents(_tree, source.Path, cancellationToken);
            Keep(UnixPath.Root, EntryType.Directory, operation);
            return;
        }
        foreach (UnixPath path in SourcePattern.Expand(_tree, source.Path))
            AddNamed(path, Begin(excludes, step), cancellationToken);
    }

    /// <summary>Adds what a mount shows.</summary>
    internal void Add(StepMount mount, CancellationToken cancellationToken) => AddNamed(
        UnixPath.Clean(mount.Source),
        new CopyOperation(new StackView(), new CopySettings { Destination = Destination, DestinationIsDirectory = true, Span = mount.Span, Now = default }, NoSpool),
        cancellationToken);

    /// <summary>The digest as a part of some name, and behind it, where they are few, a part for each file.</summary>
    internal async Task<IReadOnlyList<KeyPart>> CompleteAsync(string name, CancellationToken cancellationToken)
    {
        await digests.ReadAsync(
            [.. _copies.SelectMany(copy => copy.Entries).Select(entry => entry.Content).OfType<ContentSource>().Select(content => (_tree.PathOf(content), content))],
            cancellationToken);
        using var all = new KeyWriter("files of a source");
        var shown = new Dictionary<string, KeyPart>(StringComparer.Ordinal);
        bool few = _copies.Sum(copy => copy.Entries.Count) <= MostShown;
        foreach ((UnixPath named, EntryType type, List<DeltaEntry> entries) in _copies)
        {
            all.Write(named.Name);
            all.Write((int)type);
            all.Write(entries.Count);
            foreach (DeltaEntry entry in entries)
            {
                Write(entry, all);
                if (few && entry.Entry.Path != Destination)
                    Show(entry, shown);
            }
        }
        return [KeyPart.Of(name, all.Complete()), .. shown.Values];
    }

    private static ArchiveSpool NoSpool => new("");

    /// <summary>Modes count as they are copied, so where `--chmod` sets them the source's do not.</summary>
    private static CopyOperation Begin(PathPatterns excludes, CopyStep step)
    {
        ModeChange? mode = step.Chmod is { Length: > 0 } chmod && ModeChange.TryParse(chmod, out ModeChange? change) ? change : null;
        var settings = new CopySettings { Destination = Destination, DestinationIsDirectory = true, Excludes = excludes, Mode = mode, Span = step.Span, Now = default };
        return new CopyOperation(new StackView(), settings, NoSpool);
    }

    private void AddNamed(UnixPath path, CopyOperation operation, CancellationToken cancellationToken)
    {
        EntryType type = SourcePattern.FindFollowed(_tree, path)?.Type ?? throw SourcePattern.NotFound(path.ToString());
        operation.CopyNamed(_tree, path, unpackArchive: false, cancellationToken);
        Keep(path, type, operation);
    }

    private void Keep(UnixPath named, EntryType type, CopyOperation operation) => _copies.Add((named, type, [.. operation.Delta.ToEntries(new StackView(), null)]));

    private void Show(DeltaEntry entry, Dictionary<string, KeyPart> shown)
    {
        using var writer = new KeyWriter("file");
        Write(entry, writer);
        string path = Encoding.UTF8.GetString(entry.Entry.Path.Bytes[(Destination.Bytes.Length + 1)..]);
        string name = $"file {path}";
        for (int i = 2; shown.ContainsKey(name); i++)
            name = $"file {path} ({i})";
        shown[name] = KeyPart.Of(name, writer.Complete());
    }

    private void Write(DeltaEntry delta, KeyWriter writer)
    {
        LayerEntry entry = delta.Entry;
        writer.Write(entry.Path.Bytes);
        writer.Write((int)entry.Type);
        writer.Write(entry.Mode);
        writer.Write(entry.Uid);
        writer.Write(entry.Gid);
        writer.Write(entry.LinkText.AsSpan());
        writer.Write(entry.HardLinkTarget.Bytes);
        writer.Write(entry.Device.Major);
        writer.Write(entry.Device.Minor);
        writer.Write(entry.Xattrs.Length);
        foreach (ExtendedAttribute attribute in entry.Xattrs)
        {
            writer.Write(attribute.Name);
            writer.Write(attribute.Value);
        }
        writer.Write(delta.Content is { } content ? digests.Of(_tree.PathOf(content)).ToString() : "");
    }
}
