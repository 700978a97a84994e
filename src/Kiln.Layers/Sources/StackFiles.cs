// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Layers.Tar;
using Kiln.Linux;

namespace Kiln.Layers.Sources;

/// <summary>
/// All that a stack of layers comes to, as the entries of one archive: first what has no content, parents before what is in them, then the files of one layer after the other, each layer read
/// once, and one of which nothing is left not at all. Of a file with several names the first has the content, the others are hard links that come behind it.
/// </summary>
public sealed class StackFiles
{
    private readonly IReadOnlyList<LayerIndex> _layers;
    private readonly List<LayerEntry> _withoutContent = [];
    private readonly Dictionary<(int Layer, UnixPath Path), (LayerEntry Entry, List<UnixPath> Names)> _others = [];

    /// <param name="view">The stack.</param>
    /// <param name="layers">What each of its layers says, lowest first.</param>
    public StackFiles(StackView view, IReadOnlyList<LayerIndex> layers)
    {
        _layers = layers;
        Visit(view.Root, UnixPath.Root);
    }

    /// <summary>Whether a layer has content that shows.</summary>
    public bool Needs(int layer) => _others.Any(other => other.Key.Layer == layer && other.Value.Entry.Type == EntryType.File);

    /// <summary>The entries. The content of each has to be read before the next is asked for.</summary>
    /// <param name="open">Opens the plain archive of a layer; it is read to its end.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public IEnumerable<DeltaEntry> Read(Func<int, Stream> open, CancellationToken cancellationToken)
    {
        foreach (LayerEntry entry in _withoutContent)
            yield return new DeltaEntry(entry, null);
        foreach (int layer in Enumerable.Range(0, _layers.Count).Where(Needs))
        {
            Dictionary<int, UnixPath> wanted = FindEntries(layer);
            using Stream archive = open(layer);
            var reader = new TarReader(archive);
            for (int number = 0; reader.ReadNext() is not null; number++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!wanted.TryGetValue(number, out UnixPath path))
                    continue;
                foreach (DeltaEntry entry in NamesOf(layer, path, new PassingSource(reader.Content)))
                    yield return entry;
            }
        }
    }

    private void Visit(StackNode directory, UnixPath path)
    {
        foreach ((byte[] name, StackNode node) in directory.Children)
        {
            UnixPath child = path.Append(name);
            if (node.IsDirectory)
            {
                _withoutContent.Add(node.Entry with { Path = child });
                Visit(node, child);
                continue;
            }
            if (!_others.TryGetValue((node.ArchiveLayer, node.ArchivePath), out (LayerEntry Entry, List<UnixPath> Names) known))
                _others[(node.ArchiveLayer, node.ArchivePath)] = known = (node.Entry with { Path = child }, []);
            known.Names.Add(child);
            if (node.Entry.Type != EntryType.File)
                _withoutContent.Add(known.Names.Count == 1 ? known.Entry : LinkTo(known.Entry, child));
        }
    }

    /// <summary>Which entry of the archive, by its number, is a file that shows. Of several of one path the last counts.</summary>
    private Dictionary<int, UnixPath> FindEntries(int layer)
    {
        var numbers = new Dictionary<UnixPath, int>();
        IReadOnlyList<LayerEntry> entries = _layers[layer].Entries;
        for (int number = 0; number < entries.Count; number++)
            if (entries[number] is { Type: EntryType.File } entry && _others.GetValueOrDefault((layer, entry.Path)).Entry is { Type: EntryType.File } file && file.Size == entry.Size)
                numbers[entry.Path] = number;
        return numbers.ToDictionary(pair => pair.Value, pair => pair.Key);
    }

    private IEnumerable<DeltaEntry> NamesOf(int layer, UnixPath path, ContentSource content)
    {
        (LayerEntry file, List<UnixPath> names) = _others[(layer, path)];
        yield return new DeltaEntry(file, content);
        foreach (UnixPath name in names.Skip(1))
            yield return new DeltaEntry(LinkTo(file, name), null);
    }

    private static LayerEntry LinkTo(LayerEntry file, UnixPath name) => file with { Path = name, Type = EntryType.HardLink, Size = 0, HardLinkTarget = file.Path };

    /// <summary>The content of the entry that an archive's reader stands at.</summary>
    private sealed class PassingSource(Stream content) : ContentSource
    {
        public override Stream Open() => content;
    }
}
