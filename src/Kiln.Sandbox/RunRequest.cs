// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Linux;
using Kiln.Sandbox.Mounts;
using Kiln.Sandbox.Roots;

namespace Kiln.Sandbox;

/// <summary>One `RUN`: what is executed, as whom, in which file system.</summary>
public sealed record RunRequest
{
    public required RunRoot Root { get; init; }

    /// <summary>The program, looked up in the environment's PATH inside the root, and its arguments.</summary>
    public required ImmutableArray<string> Arguments { get; init; }

    /// <summary>`NAME=value` in order. PATH and HOME are added where they are missing, nothing else.</summary>
    public ImmutableArray<string> Environment { get; init; } = [];

    /// <summary>Made, with mode 0755 and the user as its owner, where it is missing; it then stays in the layer.</summary>
    public UnixPath WorkingDirectory { get; init; }

    /// <summary>As `USER` has it; empty is root.</summary>
    public string User { get; init; } = "";

    public string HostName { get; init; } = "buildkitsandbox";

    public RunNetwork Network { get; init; }

    /// <summary>Whether the metadata services of clouds may be asked, which give credentials to anybody who can.</summary>
    public bool AllowsMetadata { get; init; }

    /// <summary>Whether something must keep the step from them: it has the builder's network.</summary>
    internal bool ShutsMetadata => !AllowsMetadata && Network == RunNetwork.Host;

    /// <summary>In the order in which they are mounted: a later one may lie within an earlier one.</summary>
    public ImmutableArray<RunMount> Mounts { get; init; } = [];
}
