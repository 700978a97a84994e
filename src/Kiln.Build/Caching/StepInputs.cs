// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Layers.Blobs;
using Kiln.Layers.Deltas;
using Kiln.Oci;

namespace Kiln.Build.Caching;

/// <summary>What can change the result of a step besides the step: the same for all steps of a stage.</summary>
internal sealed record StepInputs
{
    public required Platform Platform { get; init; }

    public required EpochRule? Epoch { get; init; }

    /// <summary>An image has layers that are packed as its build was asked to, whoever has filled the cache.</summary>
    public required CompressionOptions Compression { get; init; }

    /// <summary>Whether `RUN` may ask the metadata services of clouds.</summary>
    public bool AllowsMetadata { get; init; }

    /// <summary>Paths that no layer has: <see cref="Outputs.IgnoredPaths"/>.</summary>
    public ImmutableArray<string> Ignored { get; init; } = [];

    /// <summary>Why a `RUN` makes something else here than elsewhere, as the rung is what it is; see <see cref="RungTraits"/>.</summary>
    public RungTraits Rung { get; init; }

    /// <summary>The ids of secrets that the build was given, and what stands for their values: nothing, unless values are to count.</summary>
    public ImmutableDictionary<string, Digest?> Secrets { get; init; } = ImmutableDictionary<string, Digest?>.Empty;

    /// <summary>The ids of agents that the build was given.</summary>
    public ImmutableHashSet<string> SshAgents { get; init; } = [];
}
