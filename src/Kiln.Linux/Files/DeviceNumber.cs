// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Linux.Files;

/// <summary>The two numbers of a device node. An overlay's whiteout is a character device with both 0.</summary>
public readonly record struct DeviceNumber(uint Major, uint Minor)
{
    /// <summary>makedev(3), as glibc packs the two.</summary>
    public ulong Packed =>
        (Minor & 0xffUL) | ((Major & 0xfffUL) << 8) | ((Minor & ~0xffUL) << 12) | ((Major & ~0xfffUL) << 32);

    /// <summary>From what mknod(2) takes: the kernel's own packing, which holds 12 bits of the major number.</summary>
    public static DeviceNumber Unpack(uint device) => new((device >> 8) & 0xfff, (device & 0xff) | ((device >> 12) & 0xfff00));
}
