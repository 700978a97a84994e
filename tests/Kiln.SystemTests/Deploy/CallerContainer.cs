// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Kiln.SystemTests.Build;

namespace Kiln.SystemTests.Deploy;

/// <summary>A container as a system would have its runtime make it, and podman's words for that. Docker's default refusals hold unless it says otherwise.</summary>
internal sealed record CallerContainer
{
    public required string Image { get; init; }

    /// <summary>What takes the place of the image's entry point; null leaves that.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public Dictionary<string, string> Environment { get; init; } = [];

    public string? WorkingDirectory { get; init; }

    /// <summary>Directories and files of the machine by where the container sees them; a value that ends in `:ro` is read-only.</summary>
    public Dictionary<string, string> Mounts { get; init; } = [];

    /// <summary>User, capabilities and the like.</summary>
    public IReadOnlyList<string> Restrictions { get; init; } = Podman.DockersRestrictions;

    /// <summary>For `podman run`, with more flags before the image.</summary>
    public IReadOnlyList<string> Run(params IEnumerable<string> flags) =>
    [
        .. flags,
        .. Restrictions,
        .. Environment.SelectMany(variable => new[] { "--env", $"{variable.Key}={variable.Value}" }),
        .. Mounts.SelectMany(mount => new[] { "--volume", mount.Value.EndsWith(":ro", StringComparison.Ordinal) ? $"{mount.Value[..^3]}:{mount.Key}:ro" : $"{mount.Value}:{mount.Key}" }),
        .. WorkingDirectory is { } directory ? ["--workdir", directory] : Array.Empty<string>(),
        .. Command is { } command ? ["--entrypoint", JsonSerializer.Serialize(command)] : Array.Empty<string>(),
        Image,
        .. Arguments,
    ];
}
