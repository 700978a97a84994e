// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Planning;

namespace Kiln.Build.Warming;

/// <summary>Which images are to be put into a cache directory.</summary>
public sealed record WarmRequest
{
    /// <summary>By name, for the plan's target platform.</summary>
    public ImmutableArray<ImageReference> Images { get; init; } = [];

    /// <summary>Whose images are wanted too, those of all its stages; null for none.</summary>
    public SourceText? Dockerfile { get; init; }

    /// <summary>What decides which images a Dockerfile names: build arguments and platform.</summary>
    public required PlanOptions Plan { get; init; }

    /// <summary>Images that are there already are fetched anew.</summary>
    public bool Force { get; init; }
}
