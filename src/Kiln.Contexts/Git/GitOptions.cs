// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Kiln.Contexts.Git;

/// <summary>What git gets of the builder's surroundings; it gets nothing else.</summary>
public sealed record GitOptions
{
    /// <summary>Where git and what it starts (ssh) are looked for: PATH.</summary>
    public required string SearchPath { get; init; }

    /// <summary>The file of a program that is a <see cref="GitAssistant"/> when it is called as one: this program's own.</summary>
    public required string Assistant { get; init; }

    /// <summary>Proxies, certificates and the ssh agent.</summary>
    public ImmutableDictionary<string, string> Variables { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Where the user's ssh keys and known hosts are; null for none.</summary>
    public string? SshDirectory { get; init; }

    /// <summary>How long nothing may move.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
