// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Layers.Sources;
using Kiln.Planning.Sources;

namespace Kiln.Build.Steps;

/// <summary>The sources of one step, each lent once however often it is named, until the step's layer is written.</summary>
internal sealed class StepSources(SourceCatalog sources) : IDisposable
{
    private readonly Dictionary<SourceReference, SourceLease> _leases = [];

    internal async Task<ISourceTree> OpenAsync(SourceReference source, SourceSpan span, CancellationToken cancellationToken)
    {
        if (!_leases.TryGetValue(source, out SourceLease? lease))
            _leases[source] = lease = await sources.OpenAsync(source, span, cancellationToken);
        return lease.Tree;
    }

    public void Dispose()
    {
        foreach (SourceLease lease in _leases.Values)
            lease.Dispose();
    }
}
