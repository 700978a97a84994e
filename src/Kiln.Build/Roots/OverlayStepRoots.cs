// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Stacks;
using Kiln.Build.Steps;
using Kiln.Layers;
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Layers.Trees;
using Kiln.Linux.Files;
using Kiln.Sandbox.Roots;

namespace Kiln.Build.Roots;

/// <summary>
/// An overlay over the trees of the layers: nothing is copied before the step, and what it changed is in the upper directory, which then is the tree of
/// the layer that it made.
/// </summary>
internal sealed class OverlayStepRoots(LayerDepot depot, WorkDirectory work) : IStepRoots
{
    public async Task<StepRoot> OpenAsync(StepContext context, CancellationToken cancellationToken)
    {
        StackLease trees = await depot.OpenTreesAsync(context.Stack, context.Reason, cancellationToken);
        string upper = work.NewTree();
        DirectoryHandle changed = DirectoryHandle.Open(upper);
        MatchRoot(changed, context.View.Root.Entry);
        // There is no overlay over nothing: a stage that starts from `scratch` stands on an empty directory.
        IReadOnlyList<string> lower = trees.Trees.Paths is { Count: > 0 } paths ? paths : [work.NewTree()];
        return new Overlay(depot, context, trees, changed, new OverlayRoot([.. lower], upper, work.NewTree()));
    }

    /// <summary>The upper directory is the root directory that `RUN` sees: it has to look like the one below.</summary>
    private void MatchRoot(DirectoryHandle upper, LayerEntry root)
    {
        using var handle = upper.OpenSelf();
        OwnerMap map = depot.TreeOptions.Owners;
        if (map.Records)
            RecordedOwner.Set(handle, FileType.Directory, root.Uid, root.Gid);
        DirectoryHandle.SetMetadata(handle, (map.RepresentUid(root.Uid), map.RepresentGid(root.Gid)), root.Mode, root.ModifiedTime);
    }

    private sealed class Overlay(LayerDepot depot, StepContext context, StackLease trees, DirectoryHandle changed, OverlayRoot root) : StepRoot
    {
        private readonly StackView _view = context.View;
        private bool _kept;

        internal override RunRoot Root => root;

        internal override Task<LayerDelta> FindChangesAsync(MovedFiles? moved, CancellationToken cancellationToken) =>
            Task.Run(() => new UpperScan(changed, _view, trees.Trees, depot.TreeOptions.Owners).Run(cancellationToken), cancellationToken);

        internal override void RemoveBelow()
        {
            foreach (StackLayer layer in context.Stack.Layers)
            {
                string? tree = layer.Tree;
                layer.Tree = null;
                if (tree is not null)
                    WorkDirectory.RemoveTree(tree);
            }
        }

        internal override void Keep(StackLayer layer)
        {
            // Times that SOURCE_DATE_EPOCH changed stand in the layer only; its tree has to be unpacked again where someone needs it.
            if (context.Epoch is not null)
                return;
            layer.Tree = root.UpperDirectory;
            _kept = true;
        }

        public override void Dispose()
        {
            trees.Dispose();
            changed.Dispose();
            WorkDirectory.RemoveTree(root.WorkDirectory);
            if (!_kept)
                WorkDirectory.RemoveTree(root.UpperDirectory);
        }
    }
}
