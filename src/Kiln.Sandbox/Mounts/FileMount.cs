// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Mounts;

/// <summary>A file that exists in memory alone and for one step: a secret, a heredoc's script, `/etc/hosts`.</summary>
public sealed record FileMount : RunMount
{
    public required ReadOnlyMemory<byte> Content { get; init; }

    public int Mode { get; init; } = 0x124; // 0444

    public uint Uid { get; init; }

    public uint Gid { get; init; }

    /// <summary>Whether the content must not come to lie on disk, not even where nothing can be mounted.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Whether the step may change the content that it sees.</summary>
    public bool Writable { get; init; }
}
