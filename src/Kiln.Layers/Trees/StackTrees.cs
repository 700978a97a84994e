// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Linux.Files;

namespace Kiln.Layers.Trees;

/// <summary>The trees on disk of a stack's layers, lowest first; it owns their handles. The content of every file of the stack is in one of them.</summary>
public sealed class StackTrees : IDisposable
{
    private readonly List<(string Path, DirectoryHandle Handle)> _trees = [];

    /// <summary>Where they are, lowest first.</summary>
    public IReadOnlyList<string> Paths => [.. _trees.Select(t => t.Path)];

    public int Count => _trees.Count;

    public void Add(string path) => _trees.Add((path, DirectoryHandle.Open(path)));

    /// <summary>The content of a file of the stack.</summary>
    public ContentSource Open(StackNode node) => new FileSource(_trees[node.Layer].Handle, node.Entry.Path);

    public void Dispose()
    {
        foreach ((_, DirectoryHandle handle) in _trees)
            handle.Dispose();
        _trees.Clear();
    }
}
