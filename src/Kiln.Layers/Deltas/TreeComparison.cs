// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;

namespace Kiln.Layers.Deltas;

/// <summary>What a step changed in a tree, as far as metadata tell.</summary>
public sealed class TreeComparison
{
    private readonly TreeDifferences _differences;

    internal TreeComparison(TreeDifferences differences, TreeRecord now) => (_differences, Now) = (differences, now);

    /// <summary>What is in the tree now: what the next step is compared with.</summary>
    public TreeRecord Now { get; }

    /// <summary>Files of which only their content could tell.</summary>
    public IReadOnlyList<DoubtfulFile> Doubts => _differences.Doubts;

    /// <summary>Makes the delta, once; content is read from the tree when it is written.</summary>
    /// <param name="same">Those of the doubtful files that did not change.</param>
    public LayerDelta Complete(IReadOnlySet<UnixPath> same) => _differences.Complete(same);
}
