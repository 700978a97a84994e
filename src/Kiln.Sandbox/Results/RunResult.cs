// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;

namespace Kiln.Sandbox.Results;

/// <summary>How a `RUN` ended: <see cref="Exited"/>, <see cref="Signaled"/> or <see cref="NotStarted"/>.</summary>
public abstract record RunResult
{
    private protected RunResult()
    {
    }

    /// <summary>`ADDRESS:PORT` of cloud metadata that the step asked for first and was refused; null where it did not ask.</summary>
    public string? RefusedMetadata { get; init; }

    /// <summary>Files of the tree that were moved aside for what the step was to find there, and came back; null where none are.</summary>
    public MovedFiles? Moved { get; init; }

    /// <summary>Whether the step was to be kept from cloud metadata and could not be.</summary>
    public bool MetadataOpen { get; init; }
}
