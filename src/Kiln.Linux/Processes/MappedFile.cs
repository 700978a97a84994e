// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Linux.Processes;

/// <summary>A file as the kernel tells it of a mapping. Whether it still is the one that had this inode before, its content says.</summary>
public readonly record struct MappedFile(uint DeviceMajor, uint DeviceMinor, ulong Inode);
