// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox;

/// <summary>What the sandbox is told once, at start.</summary>
public sealed record SandboxOptions
{
    /// <summary>An existing directory of the builder's, on the file system that upper directories will be on. Scratch space is made in it and removed again.</summary>
    public required string RootDirectory { get; init; }

    public RequestedIsolation Isolation { get; init; }

    /// <summary>
    /// The environment, as `NAME=value`, that this very program needs to start once more: `DOTNET_ROOT` for one that is not self-contained. It
    /// never reaches what `RUN` starts.
    /// </summary>
    public IReadOnlyList<string> RuntimeEnvironment { get; init; } = [];
}
