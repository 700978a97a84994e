// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Layers.Trees;

/// <summary>
/// A stack on disk: a tree for each layer, lowest first, or one tree that all of them were merged into. It owns the handles. The content of every file of
/// the stack is in it.
/// </summary>
public sealed class StackTrees : IDisposable
{
    private readonly List<(string Path, DirectoryHandle Handle)> _trees = [];
    private readonly bool _merged;

    private StackTrees(bool merged) => _merged = merged;

    /// <summary>Where they are, lowest first.</summary>
    public IReadOnlyList<string> Paths => [.. _trees.Select(t => t.Path)];

    public static StackTrees OfLayers(IEnumerable<string> paths)
    {
        var trees = new StackTrees(merged: false);
        foreach (string path in paths)
            trees._trees.Add((path, DirectoryHandle.Open(path)));
        return trees;
    }

    public static StackTrees OfMerged(string path)
    {
        var trees = new StackTrees(merged: true);
        trees._trees.Add((path, DirectoryHandle.Open(path)));
        return trees;
    }

    /// <summary>The content of a file of the stack, by its path and what the view has there.</summary>
    public ContentSource Open(UnixPath path, StackNode node) =>
        new FileSource(_trees[_merged ? 0 : node.Layer].Handle, path);

    public void Dispose()
    {
        foreach ((_, DirectoryHandle handle) in _trees)
            handle.Dispose();
        _trees.Clear();
    }
}
