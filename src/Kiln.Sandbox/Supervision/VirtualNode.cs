// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Sandbox.Supervision;

/// <summary>Something that a path of the step leads to and that is not in its tree.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Base">The builder's directory that has the real one; null where nothing has.</param>
/// <param name="Real">Its path below that, with a NUL at the end.</param>
internal sealed record VirtualNode(VirtualKind Kind, DirectoryHandle? Base, byte[] Real)
{
    public static VirtualNode Missing { get; } = new(VirtualKind.Missing, null, []);

    /// <summary>A link's target, or a generated file's content.</summary>
    public byte[] Content { get; init; } = [];

    /// <summary>Whether the step may open it to write.</summary>
    public bool MayBeWritten { get; init; }

    /// <summary>Whether the step may not even read a magic link's text: it is another user's.</summary>
    public bool IsShut { get; init; }

    /// <summary>Whose it is, where the step has another idea of that than the kernel.</summary>
    public (uint Uid, uint Gid)? Owner { get; init; }

    public static VirtualNode Link(ReadOnlySpan<byte> target) => new(VirtualKind.Link, null, []) { Content = target.ToArray() };

    /// <summary>The real path as one to list.</summary>
    public UnixPath RealPath => UnixPath.Clean(Real.AsSpan(..^1));
}
