// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;
using Kiln.Diagnostics;
using Kiln.Layers.Blobs;
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Layers.Tar;
using Kiln.Layers.Trees;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Store;

namespace Kiln.Build.Stacks;

/// <summary>
/// Makes of a layer what is asked for, once, and not before: the blob on disk, the index, the tree. A blob is believed only after its digest,
/// its content only after its diff id.
/// </summary>
internal sealed class LayerDepot(WorkDirectory work, TreeOptions treeOptions, Action<BuildEvent> report)
{
    /// <summary>How many blobs are fetched at the same time.</summary>
    private const int ParallelFetches = 4;

    /// <summary>No account file of any image is larger; whoever claims so fills memory.</summary>
    private const int LargestSmallFile = 1 << 20;

    private readonly BlobStore _blobs = new(work.Blobs);

    /// <summary>Merged trees that nobody works in, by the last layer that is in them: a layer that a step made belongs to one stack only.</summary>
    private readonly Dictionary<StackLayer, string> _mergedTrees = [];

    internal TreeOptions TreeOptions => treeOptions;

    /// <summary>The listing of a stack. Whoever gets it may change it.</summary>
    internal async Task<StackView> ReadViewAsync(Stack stack, CancellationToken cancellationToken)
    {
        await FetchAsync(stack.Layers.Where(l => l.Index is null), cancellationToken);
        var view = new StackView();
        foreach (StackLayer layer in stack.Layers)
        {
            await IndexAsync(layer, cancellationToken);
            view.Apply(layer.Index!);
        }
        return view;
    }

    /// <summary>Unpacks a stack in which a step will run, so that the indexes come out of the same pass over its bytes.</summary>
    internal async Task UnpackAsync(Stack stack, CancellationToken cancellationToken)
    {
        if (!treeOptions.Merged)
            (await OpenTreesAsync(stack, cancellationToken)).Dispose();
    }

    /// <summary>A stack on disk, to read from.</summary>
    internal async Task<StackTrees> OpenTreesAsync(Stack stack, CancellationToken cancellationToken)
    {
        if (treeOptions.Merged)
            return StackTrees.OfMerged(await TakeMergedTreeAsync(stack, cancellationToken));
        await FetchAsync(stack.Layers.Where(l => l.Tree is null), cancellationToken);
        var view = new StackView();
        for (int i = 0; i < stack.Layers.Length; i++)
        {
            // Above the last layer that has to be unpacked nobody needs the view.
            if (stack.Layers[i..].All(l => l.Tree is not null))
                break;
            StackLayer layer = stack.Layers[i];
            if (layer.Tree is null || layer.Index is null)
            {
                string tree = work.NewTree();
                using StackTrees lower = StackTrees.OfLayers(stack.Layers[..i].Select(l => l.Tree!));
                await UnpackAsync(layer, view, tree, lower, cancellationToken);
                layer.Tree = tree;
            }
            else
            {
                view.Apply(layer.Index);
            }
        }
        return StackTrees.OfLayers(stack.Layers.Select(l => l.Tree!));
    }

    /// <summary>
    /// All layers of a stack in one tree, which is the caller's to change. One that a step of this very stack, or of one that it goes on from, gave back is
    /// taken first.
    /// </summary>
    internal async Task<string> TakeMergedTreeAsync(Stack stack, CancellationToken cancellationToken)
    {
        int done = stack.Layers.Length;
        string? tree = null;
        while (done > 0 && !_mergedTrees.Remove(stack.Layers[done - 1], out tree))
            done--;
        tree ??= work.NewTree();
        await FetchAsync(stack.Layers.Skip(done), cancellationToken);
        StackView view = await ReadViewAsync(new Stack(stack.Layers[..done]), cancellationToken);
        foreach (StackLayer layer in stack.Layers[done..])
            await UnpackAsync(layer, view, tree, lower: null, cancellationToken);
        return tree;
    }

    /// <summary>Gives a merged tree back, for whoever goes on from that stack.</summary>
    internal void ReturnMergedTree(Stack stack, string tree) => _mergedTrees[stack.Layers[^1]] = tree;

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
        using Stream plain = OpenPlain(await FetchAsync(layer, cancellationToken), layer);
        var reader = new TarReader(plain);
        byte[]? found = null;
        // To the end, for the layer's check comes there; a later entry of the same path counts.
        while (reader.ReadNext() is { } entry)
            if (entry.Path == node.ArchivePath && entry.Metadata.Size == node.Entry.Size)
                found = ReadAll(reader.Content, node.Entry.Size);
        return found;
    }

    private static byte[] ReadAll(Stream content, long size)
    {
        byte[] bytes = new byte[size];
        content.ReadExactly(bytes);
        return bytes;
    }

    private async Task FetchAsync(IEnumerable<StackLayer> layers, CancellationToken cancellationToken) =>
        await Parallel.ForEachAsync(
            layers,
            new ParallelOptions { MaxDegreeOfParallelism = ParallelFetches, CancellationToken = cancellationToken },
            async (layer, token) => await FetchAsync(layer, token));

    private async Task<FileBlob> FetchAsync(StackLayer layer, CancellationToken cancellationToken)
    {
        await layer.Gate.WaitAsync(cancellationToken);
        try
        {
            if (layer.File is { } there)
                return there;
            report(new Notice(NoticeLevel.Debug, $"fetching {layer.Descriptor.Digest} ({layer.Descriptor.Size:N0} bytes)"));
            return layer.File = await _blobs.AddAsync(layer.Blob, cancellationToken);
        }
        finally
        {
            layer.Gate.Release();
        }
    }

    private async Task IndexAsync(StackLayer layer, CancellationToken cancellationToken)
    {
        if (layer.Index is not null)
            return;
        FileBlob file = await FetchAsync(layer, cancellationToken);
        report(new Notice(NoticeLevel.Debug, $"reading the index of {layer.Descriptor.Digest}"));
        layer.Index = await Task.Run(
            () =>
            {
                using Stream plain = OpenPlain(file, layer);
                return Read(layer, () => LayerIndex.Read(plain, cancellationToken));
            },
            cancellationToken);
    }

    private async Task UnpackAsync(StackLayer layer, StackView view, string tree, StackTrees? lower, CancellationToken cancellationToken)
    {
        FileBlob file = await FetchAsync(layer, cancellationToken);
        report(new Notice(NoticeLevel.Debug, $"unpacking {layer.Descriptor.Digest}"));
        layer.Index = await Task.Run(
            () =>
            {
                using Stream plain = OpenPlain(file, layer);
                using DirectoryHandle target = DirectoryHandle.Open(tree);
                using var writer = new TreeWriter(target, view, treeOptions, lower);
                return Read(layer, () => writer.Write(plain, cancellationToken));
            },
            cancellationToken);
    }

    /// <summary>The plain bytes of a blob; at their end it is checked that they are those of the diff id.</summary>
    private static PlainLayerStream OpenPlain(FileBlob file, StackLayer layer) =>
        new(Decompression.Open(file.Open()), layer.DiffId, layer.Descriptor.Digest);

    private static T Read<T>(StackLayer layer, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ArchiveLimitException e)
        {
            throw DiagnosticRules.ArchiveTooLarge.Error($"the layer {layer.Descriptor.Digest} is too large: {e.Message}", inner: e);
        }
        catch (Exception e) when (e is TarException or InvalidDataException or EndOfStreamException or ErrnoException { Error: Errno.ENAMETOOLONG })
        {
            throw DiagnosticRules.LayerBroken.Error($"the layer {layer.Descriptor.Digest} cannot be read: {e.Message}", inner: e);
        }
    }
}
