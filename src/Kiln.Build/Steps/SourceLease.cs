// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Sources;

namespace Kiln.Build.Steps;

/// <summary>A source for the time of one step. What was lent for it is given back at the end.</summary>
internal sealed class SourceLease(ISourceTree tree, IDisposable? lent) : IDisposable
{
    internal ISourceTree Tree { get; } = tree;

    public void Dispose() => lent?.Dispose();
}
