// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Kiln.Linux.Files;
using Kiln.Linux.Interop;

namespace Kiln.Linux.Supervision;

/// <summary>All that statx(2) tells of a file, which can be told on as struct stat (asm/stat.h of x86-64) or struct statx, with another owner, mode or device.</summary>
public readonly struct FullStatus
{
    /// <summary>sizeof(struct stat).</summary>
    public const int StatSize = 144;

    /// <summary>sizeof(struct statx).</summary>
    public const int StatxSize = 256;

    private readonly Libc.StatxBuffer _buffer;

    internal FullStatus(in Libc.StatxBuffer buffer) => _buffer = buffer;

    public FileStatus Status => new(_buffer);

    public ulong Inode => _buffer.Inode;

    public FileType Type => (FileType)(_buffer.Mode & 0xF000);

    public int Mode => _buffer.Mode & 0xFFF;

    public uint LinkCount => _buffer.LinkCount;

    public long Size => (long)_buffer.Size;

    public DeviceNumber FileSystem => new(_buffer.FileSystemMajor, _buffer.FileSystemMinor);

    /// <summary>The same file as a step shall see it.</summary>
    public FullStatus As(FileType type, int mode, uint uid, uint gid, DeviceNumber device)
    {
        Libc.StatxBuffer other = _buffer;
        (other.Mode, other.Uid, other.Gid, other.DeviceMajor, other.DeviceMinor) = ((ushort)((int)type | mode), uid, gid, device.Major, device.Minor);
        return new FullStatus(other);
    }

    public void WriteStatx(Span<byte> to) => MemoryMarshal.Write(to, _buffer);

    public void WriteStat(Span<byte> to)
    {
        to[..StatSize].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(to, FileSystem.Packed);
        BinaryPrimitives.WriteUInt64LittleEndian(to[8..], _buffer.Inode);
        BinaryPrimitives.WriteUInt64LittleEndian(to[16..], _buffer.LinkCount);
        BinaryPrimitives.WriteUInt32LittleEndian(to[24..], _buffer.Mode);
        BinaryPrimitives.WriteUInt32LittleEndian(to[28..], _buffer.Uid);
        BinaryPrimitives.WriteUInt32LittleEndian(to[32..], _buffer.Gid);
        BinaryPrimitives.WriteUInt64LittleEndian(to[40..], new DeviceNumber(_buffer.DeviceMajor, _buffer.DeviceMinor).Packed);
        BinaryPrimitives.WriteUInt64LittleEndian(to[48..], _buffer.Size);
        BinaryPrimitives.WriteUInt64LittleEndian(to[56..], _buffer.BlockSize);
        BinaryPrimitives.WriteUInt64LittleEndian(to[64..], _buffer.Blocks);
        WriteTime(to[72..], _buffer.AccessTime);
        WriteTime(to[88..], _buffer.ModifiedTime);
        WriteTime(to[104..], _buffer.ChangeTime);
    }

    private static void WriteTime(Span<byte> to, in Libc.StatxTimestamp time)
    {
        BinaryPrimitives.WriteInt64LittleEndian(to, time.Seconds);
        BinaryPrimitives.WriteUInt64LittleEndian(to[8..], time.Nanoseconds);
    }
}
