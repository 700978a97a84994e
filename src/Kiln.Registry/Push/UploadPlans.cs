// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Kiln.Registry.Transport;

namespace Kiln.Registry.Push;

/// <summary>What was learnt about each host's uploads, so that it is learnt once.</summary>
internal sealed class UploadPlans
{
    private readonly ConcurrentDictionary<string, UploadPlan> _plans = new();

    public UploadPlan Find(RegistryCall call) => _plans.GetValueOrDefault(call.Endpoint.Host, UploadPlan.Usual);

    public void Keep(RegistryCall call, UploadPlan plan)
    {
        if (plan.Way != UploadWay.Whole)
            _plans[call.Endpoint.Host] = plan;
    }
}
