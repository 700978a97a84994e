// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Build.Outputs;
using Kiln.Diagnostics;
using Kiln.Layers.Blobs;
using Kiln.Oci;
using Kiln.Planning;
using Kiln.Sandbox.Ssh;

namespace Kiln.Build;

/// <summary>A build, validated: what is built, from what, and where the image goes.</summary>
public sealed record BuildRequest
{
    public required SourceText Dockerfile { get; init; }

    /// <summary>The build context, a directory.</summary>
    public required string Context { get; init; }

    /// <summary>The ignore file that counts; null where there is none.</summary>
    public SourceText? IgnoreFile { get; init; }

    public required PlanOptions Plan { get; init; }

    /// <summary>By id.</summary>
    public ImmutableDictionary<string, BuildSecret> Secrets { get; init; } = ImmutableDictionary<string, BuildSecret>.Empty;

    /// <summary>By id: who signs for a `RUN --mount=type=ssh`.</summary>
    public ImmutableDictionary<string, SshAgent> SshAgents { get; init; } = ImmutableDictionary<string, SshAgent>.Empty;

    public required OutputOptions Outputs { get; init; }

    /// <summary>SOURCE_DATE_EPOCH of the environment; the Dockerfile's or a build argument goes before it.</summary>
    public long? SourceDateEpoch { get; init; }

    /// <summary>`--reproducible`.</summary>
    public Reproducibility Reproducibility { get; init; }

    /// <summary>`/etc/resolv.conf` of the machine, for `RUN`.</summary>
    public ReadOnlyMemory<byte> ResolverConfiguration { get; init; }

    /// <summary>The exit status where a signal ended a `RUN`; null for 128 and its number.</summary>
    public int? SignalStatus { get; init; }

    /// <summary>How long one `RUN` may take; null for as long as it wants.</summary>
    public TimeSpan? RunTimeout { get; init; }

    /// <summary>Whether `RUN` may ask the metadata services of clouds.</summary>
    public bool AllowsMetadata { get; init; }

    /// <summary>`--ignore-path`: what is in no layer that the build makes.</summary>
    public IgnoredPaths Ignored { get; init; } = IgnoredPaths.None;

    /// <summary>`--image-format`; null for that of the base.</summary>
    public ImageFormat? Format { get; init; } = ImageFormat.Oci;

    /// <summary>`--annotation`: the manifest's.</summary>
    public ImmutableSortedDictionary<string, string> Annotations { get; init; } = StringMap.Empty;

    /// <summary>How layers are packed that the build makes; the base's stay as they are.</summary>
    public CompressionOptions Compression { get; init; } = CompressionOptions.Default;

    /// <summary>`--jobs`: how many steps are carried out at the same time.</summary>
    public int Jobs { get; init; } = Environment.ProcessorCount;

    /// <summary>`--cache-secret-digest`: a step is another one where the value of a secret that it mounts is.</summary>
    public bool CountsSecretValues { get; init; }
}
