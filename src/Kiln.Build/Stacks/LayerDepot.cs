// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using Kiln.Build.Events;
using Kiln.Build.Outputs;
using Kiln.Diagnostics;
using Kiln.Layers.Blobs;
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Layers.Tar;
using Kiln.Layers.Trees;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Build.Stacks;

/// <summary>
/// Makes of a layer what is asked for, once, and not before: the blob on disk, the index, the tree. A blob is read while it arrives; it is believed
/// only after its digest, its content only after its diff id. Whoever asks says why, for the log.
/// </summary>
internal sealed class LayerDepot(WorkDirectory work, IndexCache indexes, BlobArrivals arrivals, Action<BuildEvent> report)
{
    /// <summary>How many layers are read for their indexes at the same time.</summary>
    private const int ParallelReads = 4;

    /// <summary>No account file of any image is larger; whoever claims so fills memory.</summary>
    private const int LargestSmallFile = 1 << 20;

    /// <summary>Merged trees that nobody works in, by the last layer that is in them: a layer that a step made stands on one stack only.</summary>
    private readonly ConcurrentDictionary<StackLayer, MergedTree> _mergedTrees = new();

    private TreeOptions? _treeOptions;

    /// <summary>How trees are written. It is said once, before the first is: what a step runs in decides it.</summary>
    internal TreeOptions TreeOptions
    {
        get => _treeOptions ?? throw new UnreachableException("a tree is asked for before it is known what trees are for");
        set => _treeOptions = value;
    }

    /// <summary>Sends layers to where the image will lie that are not made here: a base's, a cache's.</summary>
    /// <param name="stack">They.</param>
    /// <param name="uploads">Knows where to.</param>
    /// <param name="read">Steps work on it: what the destination lacks is fetched once for both. Else it goes from one registry to the other, past the disk.</param>
    internal void BeginUpload(Stack stack, LayerUploads uploads, bool read)
    {
        var layers = stack.Layers.DistinctBy(l => l.Descriptor.Digest).ToDictionary(l => l.Descriptor.Digest);
        uploads.BeginBase(layers.Values.Select(l => l.Blob), async blob =>
        {
            // What lies in no registry lies on this machine.
            if (!read || blob.Origin is null)
                return blob;
            StackLayer layer = layers[blob.Descriptor.Digest];
            Fetch([layer], [], "the destination lacks it");
            await CompleteAsync(layer);
            return layer.File!;
        });
    }

    /// <summary>The listing of a stack. Whoever gets it may change it.</summary>
    internal async Task<StackView> ReadViewAsync(Stack stack, string reason, CancellationToken cancellationToken)
    {
        var view = new StackView();
        await ExtendViewAsync(view, stack, 0, reason, cancellationToken);
        return view;
    }

    /// <summary>Puts the layers of a stack on the listing of its first ones.</summary>
    internal async Task ExtendViewAsync(StackView view, Stack stack, int done, string reason, CancellationToken cancellationToken)
    {
        StackLayer[] layers = [.. stack.Layers[done..]];
        foreach (StackLayer layer in layers)
            FindCachedIndex(layer, reason);
        List<StackLayer> unread = [.. layers.Where(l => l.Index is null)];
        Fetch(unread, [], reason);
        await Parallel.ForEachAsync(
            unread,
            new ParallelOptions { MaxDegreeOfParallelism = ParallelReads, CancellationToken = cancellationToken },
            async (layer, token) => await IndexAsync(layer, token));
        foreach (StackLayer layer in layers)
            view.Apply(layer.Index!);
    }

    /// <summary>Unpacks a stack in which a step will run, so that the indexes come out of the same pass over its bytes.</summary>
    internal async Task UnpackAsync(Stack stack, string reason, CancellationToken cancellationToken)
    {
        if (TreeOptions.Merged)
            (await OpenTreesAsync(stack, reason, cancellationToken)).Dispose();
        else
            await UnpackLayersAsync(stack, reason, cancellationToken);
    }

    /// <summary>A stack on disk, to read from.</summary>
    internal async Task<StackLease> OpenTreesAsync(Stack stack, string reason, CancellationToken cancellationToken)
    {
        if (TreeOptions.Merged)
        {
            MergedTree tree = await TakeMergedTreeAsync(stack, reason, cancellationToken);
            return new StackLease(StackTrees.OfMerged(tree.Path), () => ReturnMergedTree(stack, tree));
        }
        await UnpackLayersAsync(stack, reason, cancellationToken);
        return new StackLease(StackTrees.OfLayers(stack.Layers.Select(l => l.Tree!)), () => { });
    }

    /// <summary>
    /// All layers of a stack in one tree, which is the caller's to change. One that a step of this very stack, or of one that it goes on from, gave back is
    /// taken first.
    /// </summary>
    internal async Task<MergedTree> TakeMergedTreeAsync(Stack stack, string reason, CancellationToken cancellationToken)
    {
        int done = stack.Layers.Length;
        MergedTree? tree = null;
        while (done > 0 && !_mergedTrees.TryRemove(stack.Layers[done - 1], out tree))
            done--;
        if (tree is not null && done == stack.Layers.Length)
            return tree;
        tree ??= new MergedTree(NewTree(), null);
        StackLayer[] missing = [.. stack.Layers[done..]];
        Fetch(missing.Where(l => l.File is null), missing, reason);
        StackView view = await ReadViewAsync(new Stack(stack.Layers[..done]), reason, cancellationToken);
        foreach (StackLayer layer in missing)
            await UnpackAsync(layer, view, tree.Path, lower: null, reason, cancellationToken);
        return tree with { Record = null };
    }

    /// <summary>An empty directory for a tree, of which nothing is said yet.</summary>
    internal string NewTree()
    {
        string tree = work.NewTree();
        if (TreeOptions.Owners.Inodes is { } records)
        {
            using DirectoryHandle handle = DirectoryHandle.Open(tree);
            records.Remove(handle.GetStatus(UnixPath.Root).Inode);
        }
        return tree;
    }

    /// <summary>Gives a merged tree back, for whoever goes on from that stack.</summary>
    internal void ReturnMergedTree(Stack stack, MergedTree tree)
    {
        if (stack.Layers.IsEmpty || !_mergedTrees.TryAdd(stack.Layers[^1], tree))
            WorkDirectory.RemoveTree(tree.Path, TreeOptions.Owners.Inodes);
    }

    /// <summary>The bytes of a file of the stack; null where it is not there, or no file.</summary>
    internal async Task<byte[]?> ReadFileAsync(Stack stack, StackView view, UnixPath path, CancellationToken cancellationToken)
    {
        if (view.Resolve(path) is not { } real || view.Find(real) is not { Entry.Type: Layers.EntryType.File } node || node.Entry.Size > LargestSmallFile)
            return null;
        StackLayer layer = stack.Layers[node.ArchiveLayer];
        if (stack.Layers[node.Layer].Tree is { } tree)
        {
            using DirectoryHandle handle = DirectoryHandle.Open(tree);
            using Stream content = new FileSource(handle, real).Open();
            return ReadAll(content, node.Entry.Size);
        }
        byte[]? found = null;
        await ReadArchiveAsync(
            layer,
            $"`{path}` is looked up in it",
            archive =>
            {
                var reader = new TarReader(archive);
                // A later entry of the same path counts.
                while (reader.ReadNext() is { } entry)
                    if (entry.Path == node.ArchivePath && entry.Metadata.Size == node.Entry.Size)
                        found = ReadAll(reader.Content, node.Entry.Size);
            },
            cancellationToken);
        return found;
    }

    /// <summary>The plain archive of a layer, for somebody who reads it to its end: the layer's check comes there.</summary>
    internal async Task ReadArchiveAsync(StackLayer layer, string reason, Action<Stream> read, CancellationToken cancellationToken)
    {
        Fetch([layer], [], reason);
        await ReadAsync(
            layer,
            () =>
            {
                using Stream plain = OpenListing(layer, cancellationToken);
                read(plain);
            },
            cancellationToken);
    }

    /// <summary>All files of a stack, to be written elsewhere: of a layer that has none that shows nothing but the listing is needed.</summary>
    internal async Task<TargetFiles> OpenFilesAsync(Stack stack, string reason, CancellationToken cancellationToken)
    {
        StackView view = await ReadViewAsync(stack, reason, cancellationToken);
        var files = new StackFiles(view, [.. stack.Layers.Select(layer => layer.Index!)]);
        StackLayer[] read = [.. stack.Layers.Where((_, number) => files.Needs(number))];
        Fetch(read, [], reason);
        foreach (StackLayer layer in read)
            await CompleteAsync(layer);
        return new TargetFiles(stack, files);
    }

    private static byte[] ReadAll(Stream content, long size)
    {
        byte[] bytes = new byte[size];
        content.ReadExactly(bytes);
        return bytes;
    }

    private async Task UnpackLayersAsync(Stack stack, string reason, CancellationToken cancellationToken)
    {
        StackLayer[] missing = [.. stack.Layers.Where(l => l.Tree is null)];
        if (missing.Length == 0)
            return;
        Fetch(missing.Where(l => l.File is null), missing, reason);
        var view = new StackView();
        // Above the last layer that has to be unpacked nobody needs the view.
        for (int i = 0; i <= stack.Layers.LastIndexOf(missing[^1]); i++)
        {
            StackLayer layer = stack.Layers[i];
            // Another stage that stands on it may be at it this moment.
            await layer.Gate.WaitAsync(cancellationToken);
            try
            {
                if (layer.Tree is not null && layer.Index is not null)
                {
                    view.Apply(layer.Index);
                    continue;
                }
                string tree = work.NewTree();
                using StackTrees lower = StackTrees.OfLayers(stack.Layers[..i].Select(l => l.Tree!));
                await UnpackAsync(layer, view, tree, lower, reason, cancellationToken);
                layer.Tree = tree;
            }
            finally
            {
                layer.Gate.Release();
            }
        }
    }

    /// <summary>Begins to fetch layers, all at once, so that the later ones arrive while the first are unpacked.</summary>
    private void Fetch(IEnumerable<StackLayer> layers, IEnumerable<StackLayer> unpacked, string reason)
    {
        List<StackLayer> absent = [.. layers.Where(l => l.File is null && !arrivals.Contains(l.Blob))];
        DiskSpace.Check(work.Root, absent, unpacked);
        if (absent.Count > 0)
            report(new Progress($"fetching {(absent.Count == 1 ? "a layer" : $"{absent.Count} layers")}, {ByteCount.Format(absent.Sum(l => l.Descriptor.Size))}"));
        foreach (StackLayer layer in absent)
        {
            Explain(layer, $"fetched, {layer.Descriptor.Size:N0} bytes: {reason}");
            arrivals.Begin(layer.Blob);
        }
    }

    /// <summary>Keeps the index of a layer that was made here and that a cache will have: who finds it there need not read it to stand on it.</summary>
    internal void KeepIndex(StackLayer layer)
    {
        if (layer.Index is { } index)
            indexes.Keep(layer.DiffId, layer.Descriptor.Digest, index);
    }

    private void FindCachedIndex(StackLayer layer, string reason)
    {
        if (layer.Index is not null || indexes.Find(layer.DiffId, layer.Descriptor.Digest) is not { } index)
            return;
        layer.Index = index;
        Explain(layer, $"index from the cache: {reason}");
    }

    private async Task IndexAsync(StackLayer layer, CancellationToken cancellationToken)
    {
        await layer.Gate.WaitAsync(cancellationToken);
        try
        {
            if (layer.Index is not null)
                return;
            LayerIndex? index = null;
            await ReadAsync(
                layer,
                () =>
                {
                    using Stream plain = OpenListing(layer, cancellationToken);
                    index = LayerIndex.Read(plain, cancellationToken);
                },
                cancellationToken);
            layer.Index = index;
            indexes.Keep(layer.DiffId, layer.Descriptor.Digest, index!);
        }
        finally
        {
            layer.Gate.Release();
        }
    }

    private async Task UnpackAsync(
        StackLayer layer, StackView view, string tree, StackTrees? lower, string reason, CancellationToken cancellationToken)
    {
        Explain(layer, $"unpacked: {reason}");
        LayerIndex? index = null;
        await ReadAsync(
            layer,
            () =>
            {
                // Writing files takes longer than unpacking bytes, so the thread that unpacks also adds them up.
                using var plain = new ReadAheadStream(token => new PlainLayerStream(OpenPlain(layer, token), layer.DiffId, layer.Descriptor.Digest), cancellationToken);
                using DirectoryHandle target = DirectoryHandle.Open(tree);
                using var writer = new TreeWriter(target, view, TreeOptions, lower);
                index = writer.Write(plain, cancellationToken);
            },
            cancellationToken);
        if (layer.Index is null && !indexes.Contains(layer.DiffId, layer.Descriptor.Digest))
            indexes.Keep(layer.DiffId, layer.Descriptor.Digest, index!);
        layer.Index = index;
    }

    /// <summary>A layer's plain bytes for somebody who only lists them: the thread that unpacks has more to do than the one that reads.</summary>
    private PlainLayerStream OpenListing(StackLayer layer, CancellationToken cancellationToken) =>
        new(new ReadAheadStream(token => OpenPlain(layer, token), cancellationToken), layer.DiffId, layer.Descriptor.Digest);

    private Stream OpenPlain(StackLayer layer, CancellationToken cancellationToken) =>
        Decompression.Open(layer.File is { } file ? file.Open() : arrivals.Begin(layer.Blob).OpenRead(cancellationToken));

    /// <summary>Reads a blob that may be arriving. When this ends, the whole blob is there and checked.</summary>
    private async Task ReadAsync(StackLayer layer, Action read, CancellationToken cancellationToken)
    {
        try
        {
            // A thread of its own, for it waits for bytes that the pool's threads have to bring.
            await Task.Factory.StartNew(
                () =>
                {
                    Thread.CurrentThread.Name = "layer reader";
                    read();
                },
                cancellationToken,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
        }
        catch (ArchiveLimitException e)
        {
            throw DiagnosticRules.ArchiveTooLarge.Error($"the layer {layer.Descriptor.Digest} is too large: {e.Message}", inner: e);
        }
        catch (Exception e) when (e is TarException or InvalidDataException or EndOfStreamException or ErrnoException { Error: Errno.ENAMETOOLONG })
        {
            // What makes no sense may not be what was promised: that is the better answer.
            await CompleteAsync(layer);
            throw DiagnosticRules.LayerBroken.Error($"the layer {layer.Descriptor.Digest} cannot be read: {e.Message}", inner: e);
        }
        await CompleteAsync(layer);
    }

    private async Task CompleteAsync(StackLayer layer) => layer.File ??= await arrivals.Begin(layer.Blob).Completion;

    private void Explain(StackLayer layer, string what) => report(new Notice(NoticeLevel.Debug, $"layer {layer.Descriptor.Digest}: {what}"));
}
