// SPDX-License-Identifier: Apache-2.0
using BenchmarkDotNet.Attributes;
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Layers.Tar;
using Kiln.Layers.Trees;
using Kiln.Linux.Files;

namespace Kiln.Benchmarks.Layers;

/// <summary>
/// 16,384 files between an archive, an index and a file system; in memory, for on ext4 making a file gets slower by the inodes that were freed just before.
/// </summary>
[MemoryDiagnoser]
public class TreeBenchmark
{
    private static readonly TreeOptions Options = new(OwnerMap.None, Merged: true, ContentOnly: false);

    private string _directory = "";
    private byte[] _archive = [];
    private LayerIndex _index = new([]);
    private StackView _view = new();
    private DirectoryHandle? _tree;
    private TreeRecord? _record;
    private int _count;

    [GlobalSetup]
    public void Unpack()
    {
        using var archive = new MemoryStream();
        var writer = new TarWriter(archive);
        foreach (DeltaEntry entry in LayerSample.Make())
            writer.Write(entry.Entry, entry.Content!.Open(), CancellationToken.None);
        writer.Complete();
        _archive = archive.ToArray();
        _directory = Directory.CreateDirectory($"/dev/shm/kiln-bench-{Environment.ProcessId}").FullName;
        _tree = DirectoryHandle.Open(UnpackInto("whole"));
        _index = Index();
        _view = View();
        _record = Record();
    }

    [GlobalCleanup]
    public void Remove()
    {
        _tree?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Lists an archive.</summary>
    [Benchmark]
    public LayerIndex Index() => LayerIndex.Read(new MemoryStream(_archive), CancellationToken.None);

    /// <summary>Puts a listed layer onto an empty view, as for `COPY` on a base with a cached index.</summary>
    [Benchmark]
    public StackView View()
    {
        var view = new StackView();
        view.Apply(_index);
        return view;
    }

    /// <summary>Lays the archive out on disk, and takes it away again.</summary>
    [Benchmark]
    public void Disk()
    {
        string name = $"{_count++}";
        UnpackInto(name);
        using DirectoryHandle parent = DirectoryHandle.Open(_directory);
        parent.RemoveLargeTree(System.Text.Encoding.ASCII.GetBytes(name));
    }

    /// <summary>Compares an upper directory that has a new copy of every file with the layers below.</summary>
    [Benchmark]
    public LayerDelta Upper()
    {
        using StackTrees none = StackTrees.OfLayers([]);
        return new UpperScan(_tree!, new StackView(), none, OwnerMap.None).Run(CancellationToken.None);
    }

    /// <summary>Writes down what a tree looks like before a step.</summary>
    [Benchmark]
    public TreeRecord Record() => TreeRecord.Take(_tree!, OwnerMap.None, CancellationToken.None);

    /// <summary>Walks a tree in which nothing changed.</summary>
    [Benchmark]
    public TreeComparison Walk() => _record!.Compare(_tree!, _view, OwnerMap.None, null, CancellationToken.None);

    private string UnpackInto(string name)
    {
        string path = Directory.CreateDirectory(Path.Combine(_directory, name)).FullName;
        using DirectoryHandle target = DirectoryHandle.Open(path);
        using var writer = new TreeWriter(target, new StackView(), Options);
        writer.Write(new MemoryStream(_archive), CancellationToken.None);
        return path;
    }
}
