// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Layers;

/// <summary>
/// One path of a layer with its metadata: what a tar header says. This, and not what lies on the builder's disk, is the truth about
/// owners, modes, devices and attributes, because an unprivileged builder cannot put them on disk.
/// </summary>
public sealed record LayerEntry
{
    public required UnixPath Path { get; init; }

    public required EntryType Type { get; init; }

    /// <summary>Permission and special bits: 0 to 07777.</summary>
    public required int Mode { get; init; }

    public uint Uid { get; init; }

    public uint Gid { get; init; }

    /// <summary>Bytes of content; 0 for everything but files.</summary>
    public long Size { get; init; }

    public UnixTime ModifiedTime { get; init; }

    /// <summary>The text of a symbolic link, as bytes and as it was written.</summary>
    public ImmutableArray<byte> LinkText { get; init; } = [];

    /// <summary>For a hard link, the path in the same layer that it is another name of.</summary>
    public UnixPath HardLinkTarget { get; init; }

    public DeviceNumber Device { get; init; }

    /// <summary>Extended attributes, sorted by name.</summary>
    public ImmutableArray<ExtendedAttribute> Xattrs { get; init; } = [];

    public bool IsDirectory => Type == EntryType.Directory;

    /// <summary>A directory that nobody described: made because something lies below it.</summary>
    public static LayerEntry ImpliedDirectory(UnixPath path) => new() { Path = path, Type = EntryType.Directory, Mode = 0x1ED };
}
