// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Stacks;
using Kiln.Build.Steps;
using Kiln.Layers.Deltas;
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
        string tree = await depot.TakeMergedTreeAsync(context.Stack, cancellationToken);
        DirectoryHandle handle = DirectoryHandle.Open(tree);
        TreeRecord record = await Task.Run(() => TreeRecord.Take(handle, cancellationToken), cancellationToken);
        return new Merged(depot, context, tree, handle, record);
    }

    private sealed class Merged(LayerDepot depot, StepContext context, string tree, DirectoryHandle handle, TreeRecord record) : StepRoot
    {
        private bool _kept;

        internal override RunRoot Root { get; } = new MergedRoot(tree);

        internal override LayerDelta FindChanges(CancellationToken cancellationToken) =>
            record.Compare(context.View, depot.TreeOptions.Owners, cancellationToken);

        internal override void Keep(StackLayer layer)
        {
            if (context.Epoch is not null)
                return;
            depot.ReturnMergedTree(context.Stack.Push(layer), tree);
            _kept = true;
        }

        public override void Dispose()
        {
            handle.Dispose();
            if (!_kept)
                WorkDirectory.RemoveTree(tree);
        }
    }
}
