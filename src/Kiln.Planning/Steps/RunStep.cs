// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Dockerfile.Instructions;

namespace Kiln.Planning.Steps;

/// <summary>Runs a command in the stage.</summary>
public sealed record RunStep : BuildStep
{
    /// <summary>The program and its arguments, the shell included.</summary>
    public required ImmutableArray<string> Arguments { get; init; }

    /// <summary>`NAME=value`, in order; secrets are not among them.</summary>
    public required ImmutableArray<string> Environment { get; init; }

    /// <summary>Behind those: the proxies of the machine, which no `ARG` asked for. They change where things are fetched, and not what is made.</summary>
    public ImmutableArray<string> Proxies { get; init; } = [];

    public required string WorkingDirectory { get; init; }

    /// <summary>`USER` as it stands here; empty for root.</summary>
    public required string User { get; init; }

    /// <summary>Whether a user of a number that no account has is in the group of the same number, and not in root's.</summary>
    public bool NumbersAreGroups { get; init; }

    public RunNetwork Network { get; init; }

    public ImmutableArray<StepMount> Mounts { get; init; } = [];

    /// <summary>A heredoc that begins with `#!`: the file that <see cref="Arguments"/> names, and its text.</summary>
    public (string Path, string Content)? Script { get; init; }
}
