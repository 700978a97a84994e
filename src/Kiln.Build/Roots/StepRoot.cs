// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Stacks;
using Kiln.Layers.Deltas;
using Kiln.Linux.Files;
using Kiln.Sandbox.Roots;

namespace Kiln.Build.Roots;

/// <summary>The file system of one `RUN`: made of a stack, told afterwards from what it was. Two kinds: with an overlay and without.</summary>
internal abstract class StepRoot : IDisposable
{
    private protected StepRoot()
    {
    }

    internal abstract RunRoot Root { get; }

    /// <summary>What the step changed.</summary>
    /// <param name="moved">What only the sandbox moved; null where it moves nothing.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    internal abstract Task<LayerDelta> FindChangesAsync(MovedFiles? moved, CancellationToken cancellationToken);

    /// <summary>Takes off the disk what the step stood on, where nothing needs it once the changes are found.</summary>
    internal virtual void RemoveBelow()
    {
    }

    /// <summary>The step is done and this is its layer: what lies on disk may serve the next one.</summary>
    internal abstract void Keep(StackLayer layer);

    public abstract void Dispose();
}
