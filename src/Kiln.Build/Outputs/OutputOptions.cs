// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Oci;

namespace Kiln.Build.Outputs;

/// <summary>Where the image goes.</summary>
public sealed record OutputOptions
{
    /// <summary>`--destination`.</summary>
    public ImmutableArray<ImageReference> Destinations { get; init; } = [];

    /// <summary>`--no-push`: the destinations name the image in archives, nothing is sent.</summary>
    public bool NoPush { get; init; }

    /// <summary>`--skip-push-permission-check`: nobody asks the registries before the build whether it may push there.</summary>
    public bool SkipsPushCheck { get; init; }

    /// <summary>`--tar-path`, `--oci-layout-path`, `--output`: one of them at most is the standard output.</summary>
    public ImmutableArray<FileOutput> Files { get; init; } = [];

    /// <summary>`--digest-file` and its like, written after everything else succeeded.</summary>
    public ImmutableArray<ImageReport> Reports { get; init; } = [];
}
