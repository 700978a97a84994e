// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Blobs;
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Layers.Trees;
using Kiln.Linux.Files;

namespace Kiln.SystemTests.Layers;

/// <summary>Layers that went through blobs onto disk, as a build does it: the view, and one tree each or a merged one.</summary>
internal sealed class LayerStack(ScratchDirectory place, bool merged = false) : IDisposable
{
    private readonly List<LayerIndex> _indexes = [];
    private readonly List<string> _trees = [];

    public StackView View { get; } = new();

    /// <summary>What is on disk so far.</summary>
    public StackTrees Trees { get; private set; } = StackTrees.OfLayers([]);

    public LayerStack Push(params IEnumerable<DeltaEntry> entries)
    {
        string tree = place.Path(merged ? "merged" : $"tree{_trees.Count}");
        Directory.CreateDirectory(tree);
        using Stream plain = Decompression.Open(new MemoryStream(Pack(entries)));
        using var target = DirectoryHandle.Open(tree);
        using var writer = new TreeWriter(target, View, new TreeOptions(OwnerMap.OfThisProcess(Path.GetTempPath()), merged, ContentOnly: false), Trees);
        _indexes.Add(writer.Write(plain, CancellationToken.None));
        _trees.Add(tree);
        Trees.Dispose();
        Trees = merged ? StackTrees.OfMerged(tree) : StackTrees.OfLayers(_trees);
        return this;
    }

    /// <summary>The same layers once more, in a view of their own.</summary>
    public StackView NewView()
    {
        var view = new StackView();
        foreach (LayerIndex index in _indexes)
            view.Apply(index);
        return view;
    }

    public void Dispose() => Trees.Dispose();

    private static byte[] Pack(IEnumerable<DeltaEntry> entries)
    {
        using var blob = new MemoryStream();
        using var writer = new LayerWriter(blob, CompressionOptions.Default, packers: 2);
        foreach (DeltaEntry entry in entries)
            writer.Write(entry, CancellationToken.None);
        writer.Complete();
        return blob.ToArray();
    }
}
