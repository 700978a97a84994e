// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Layers.Indexes;
using Kiln.Layers.Trees;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Layers.Deltas;

/// <summary>Makes of a file on disk the entry that a layer would have of it, and tells whether that says something new.</summary>
internal static class EntryOnDisk
{
    /// <summary>Attributes that are the overlay's own affair.</summary>
    internal const string OverlayPrefix = "user.overlay.";

    private const string Capability = "security.capability";

    /// <param name="directory">The directory that holds it.</param>
    /// <param name="path">Its path in the stage.</param>
    /// <param name="status">Its status; it is no socket.</param>
    /// <param name="xattrs">Its attributes.</param>
    /// <param name="before">What the stage had there.</param>
    /// <param name="owners">Which owners can be on disk.</param>
    internal static LayerEntry Describe(
        DirectoryHandle directory, UnixPath path, FileStatus status, IReadOnlyList<ExtendedAttribute> xattrs, LayerEntry? before, OwnerMap owners)
    {
        LayerPath.CheckWritable(path);
        LayerEntry entry = DescribeFile(directory, path, status, xattrs, before, owners);
        if (owners.Inodes is { } inodes)
            return Correct(entry, inodes.Of(status));
        return status is { Type: FileType.File, Size: 0 } && xattrs.Select(DeviceMark.Parse).FirstOrDefault(mark => mark is not null) is { } device
            ? entry with { Type = device.Type == FileType.BlockDevice ? EntryType.BlockDevice : EntryType.CharacterDevice, Device = device.Device }
            : entry;
    }

    /// <summary>
    /// Whether a changed inode is a changed file, as Docker's comparison of directories says it (containerd/continuity, fs/diff.go). A directory is told by its metadata without the time: a
    /// name made and removed again in one changes that only.
    /// </summary>
    internal static Likeness Compare(LayerEntry entry, LayerEntry? before)
    {
        if (before is null || !HasMetadataOf(entry, before))
            return Likeness.Changed;
        if (entry.IsDirectory)
            return Likeness.Same;
        // Whole seconds may be the time of two versions, and an archive's time always is whole seconds: also where the listing is a layer's that was
        // made here and knew them better.
        bool sameTime = before.ModifiedTime == entry.ModifiedTime;
        if (!sameTime && (before.ModifiedTime.Seconds != entry.ModifiedTime.Seconds || entry.ModifiedTime.Nanoseconds != 0))
            return Likeness.Changed;
        return entry.Type == EntryType.File && entry.Size > 0 && entry.ModifiedTime.Nanoseconds == 0 ? Likeness.Doubtful : Likeness.Same;
    }

    /// <summary>Whether all but the time is as it was.</summary>
    internal static bool HasMetadataOf(LayerEntry entry, LayerEntry before) =>
        before.Type == entry.Type && before.Mode == entry.Mode && before.Uid == entry.Uid && before.Gid == entry.Gid
        && before.Size == entry.Size && before.Device == entry.Device
        && before.LinkText.AsSpan().SequenceEqual(entry.LinkText.AsSpan()) && SameCapability(before.Xattrs, entry.Xattrs);

    private static LayerEntry DescribeFile(
        DirectoryHandle directory, UnixPath path, FileStatus status, IReadOnlyList<ExtendedAttribute> xattrs, LayerEntry? before, OwnerMap owners)
    {
        (uint uid, uint gid) = FindOwner(status, xattrs, before, owners);
        return new()
        {
            Path = path,
            Type = status.Type.EntryType,
            Mode = status.Mode,
            Uid = uid,
            Gid = gid,
            Size = status.Type == FileType.File ? status.Size : 0,
            ModifiedTime = status.ModifiedTime,
            LinkText = status.Type == FileType.SymbolicLink ? [.. directory.ReadLink(path.Name)] : [],
            Device = status.Type is FileType.CharacterDevice or FileType.BlockDevice ? status.Device : default,
            Xattrs = [.. xattrs.Where(a => !a.Name.StartsWith(OverlayPrefix, StringComparison.Ordinal) && !(owners.Records && a.Name == OwnerRecord.NameFor(status.Type)))],
        };
    }

    /// <summary>Makes it what is said beside the disk, where nothing but the content, the times and a link's text count.</summary>
    private static LayerEntry Correct(LayerEntry entry, InodeRecord record) => entry with
    {
        Type = record.Type.EntryType,
        Mode = record.Mode,
        Uid = record.Uid,
        Gid = record.Gid,
        Size = record.Type == FileType.File ? entry.Size : 0,
        Device = record.Device,
        Xattrs =
        [
            .. entry.Xattrs.Where(attribute => attribute.Name != Capability),
            .. record.Capabilities.IsEmpty ? [] : new[] { new ExtendedAttribute(Capability, record.Capabilities.ToArray()) },
        ],
    };

    private static (uint Uid, uint Gid) FindOwner(FileStatus status, IReadOnlyList<ExtendedAttribute> xattrs, LayerEntry? before, OwnerMap owners)
    {
        if (owners.Records)
            return xattrs.Select(attribute => OwnerRecord.Parse(status.Type, attribute)).FirstOrDefault(owner => owner is not null) ?? (status.Uid, status.Gid);
        // An owner that could not be put on disk is root's there; as long as it is still root's, nobody changed it.
        return (before is not null && status.Uid == owners.RepresentUid(before.Uid) ? before.Uid : status.Uid,
            before is not null && status.Gid == owners.RepresentGid(before.Gid) ? before.Gid : status.Gid);
    }

    private static bool SameCapability(ImmutableArray<ExtendedAttribute> a, ImmutableArray<ExtendedAttribute> b)
    {
        byte[]? x = a.FirstOrDefault(t => t.Name == Capability)?.Value, y = b.FirstOrDefault(t => t.Name == Capability)?.Value;
        return x is null ? y is null : y is not null && x.AsSpan().SequenceEqual(y);
    }
}
