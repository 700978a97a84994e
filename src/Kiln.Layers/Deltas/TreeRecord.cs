// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Indexes;
using Kiln.Layers.Trees;
using Kiln.Linux.Files;

namespace Kiln.Layers.Deltas;

/// <summary>
/// What a tree looked like before a step ran in it, and so what the step changed: for where there is no overlay whose upper directory would tell. Every
/// write, chmod or rename moves the inode's change time (inode(7)), which no program can set back; where owners and modes are kept beside the files, those are compared too.
/// </summary>
public sealed class TreeRecord
{
    internal static readonly RecordedDirectory Nothing = new([], []);

    private readonly RecordedDirectory _root;

    internal TreeRecord(RecordedDirectory root) => _root = root;

    /// <summary>Walks a tree as it is now. The handle stays the caller's.</summary>
    public static TreeRecord Take(DirectoryHandle tree, OwnerMap owners, CancellationToken cancellationToken) =>
        new(new RecordWalk(owners.Inodes, cancellationToken).Run(tree, Nothing));

    /// <summary>Walks it again, and tells the differences.</summary>
    /// <param name="tree">The tree; the handle stays the caller's.</param>
    /// <param name="below">What was there, as its layers say.</param>
    /// <param name="owners">Whose its files are.</param>
    /// <param name="moved">What is as it was but for its change time.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public TreeComparison Compare(DirectoryHandle tree, StackView below, OwnerMap owners, MovedFiles? moved, CancellationToken cancellationToken)
    {
        var differences = new TreeDifferences(tree, below, owners);
        RecordedDirectory now = new RecordWalk(owners.Inodes, cancellationToken, differences, moved).Run(tree, _root);
        return new TreeComparison(differences, new TreeRecord(now));
    }
}
