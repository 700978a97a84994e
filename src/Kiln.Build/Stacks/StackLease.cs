// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Trees;

namespace Kiln.Build.Stacks;

/// <summary>The trees of a stack for as long as somebody reads them. A merged tree is given back at the end, for the next one to read or to work in.</summary>
internal sealed class StackLease(StackTrees trees, Action giveBack) : IDisposable
{
    internal StackTrees Trees { get; } = trees;

    public void Dispose()
    {
        Trees.Dispose();
        giveBack();
    }
}
