// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Stacks;
using Kiln.Layers.Indexes;

namespace Kiln.Build.Steps;

/// <summary>The listing of a stage's files as it grows: read when a step first asks for it, and then by as many layers as have come on top.</summary>
internal sealed class StageView(LayerDepot depot)
{
    private readonly StackView _view = new();
    private int _layers;

    /// <summary>Whether it has all layers of a stack that it had the first of.</summary>
    internal bool Has(Stack stack) => _layers == stack.Layers.Length;

    internal async Task<StackView> ReadAsync(Stack stack, string reason, CancellationToken cancellationToken)
    {
        await depot.ExtendViewAsync(_view, stack, _layers, reason, cancellationToken);
        _layers = stack.Layers.Length;
        return _view;
    }
}
