// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Stacks;
using Kiln.Build.Steps;
using Kiln.Layers.Deltas;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Sandbox.Roots;

namespace Kiln.Build.Roots;

/// <summary>
/// Where overlay is refused: all layers in one tree, in which one `RUN` after the other works. What it changed is found by walking the tree before and
/// after.
/// </summary>
internal sealed class MergedStepRoots(LayerDepot depot) : IStepRoots
{
    public async Task<StepRoot> OpenAsync(StepContext context, CancellationToken cancellationToken)
    {
        MergedTree tree = await depot.TakeMergedTreeAsync(context.Stack, context.Reason, cancellationToken);
        DirectoryHandle handle = DirectoryHandle.Open(tree.Path);
        TreeRecord record = tree.Record ?? await Task.Run(() => TreeRecord.Take(handle, depot.TreeOptions.Owners, cancellationToken), cancellationToken);
        return new Merged(depot, context, tree.Path, handle, record);
    }

    private sealed class Merged(LayerDepot depot, StepContext context, string tree, DirectoryHandle handle, TreeRecord record) : StepRoot
    {
        private TreeRecord? _after;
        private bool _kept;

        internal override RunRoot Root { get; } = new MergedRoot(tree);

        internal override async Task<LayerDelta> FindChangesAsync(MovedFiles? moved, CancellationToken cancellationToken)
        {
            TreeComparison found = await Task.Run(() => record.Compare(handle, context.View, depot.TreeOptions.Owners, moved, cancellationToken), cancellationToken);
            _after = found.Now;
            // What a file was is in no tree any more, but in the archive of its layer.
            var same = new HashSet<UnixPath>();
            foreach (IGrouping<int, DoubtfulFile> files in found.Doubts.GroupBy(file => file.Before.ArchiveLayer))
                await depot.ReadArchiveAsync(
                    context.Stack.Layers[files.Key],
                    $"it has what `{files.First().Path}` was",
                    archive => same.UnionWith(ArchivedContents.FindSame(archive, handle, files, cancellationToken)),
                    cancellationToken);
            return found.Complete(same);
        }

        internal override void Keep(StackLayer layer)
        {
            if (context.Epoch is not null)
                return;
            // The next step starts from what this walk has seen.
            depot.ReturnMergedTree(context.Stack.Push(layer), new MergedTree(tree, _after));
            _kept = true;
        }

        public override void Dispose()
        {
            handle.Dispose();
            if (!_kept)
                WorkDirectory.RemoveTree(tree, depot.TreeOptions.Owners.Inodes);
        }
    }
}
