// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;

namespace Kiln.Linux.Files;

/// <summary>What statx(2) tells of a file. <see cref="Mode"/> holds the permission and special bits only (07777).</summary>
public readonly record struct FileStatus
{
    internal FileStatus(in Libc.StatxBuffer buffer)
    {
        Type = (FileType)(buffer.Mode & 0xF000);
        Mode = buffer.Mode & 0xFFF;
        Uid = buffer.Uid;
        Gid = buffer.Gid;
        Size = (long)buffer.Size;
        ModifiedTime = new UnixTime(buffer.ModifiedTime.Seconds, (int)buffer.ModifiedTime.Nanoseconds);
        ChangeTime = new UnixTime(buffer.ChangeTime.Seconds, (int)buffer.ChangeTime.Nanoseconds);
        Inode = buffer.Inode;
        LinkCount = buffer.LinkCount;
        Device = new DeviceNumber(buffer.DeviceMajor, buffer.DeviceMinor);
        FileSystem = new DeviceNumber(buffer.FileSystemMajor, buffer.FileSystemMinor);
    }

    public FileType Type { get; }

    public int Mode { get; }

    public uint Uid { get; }

    public uint Gid { get; }

    public long Size { get; }

    public UnixTime ModifiedTime { get; }

    public UnixTime ChangeTime { get; }

    public ulong Inode { get; }

    public uint LinkCount { get; }

    /// <summary>Which device a device node stands for.</summary>
    public DeviceNumber Device { get; }

    /// <summary>The file system that holds the file.</summary>
    public DeviceNumber FileSystem { get; }
}
