// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Linux.Mounts;

/// <summary>mount_setattr(2): what one mount of a file system allows. The values are the kernel's.</summary>
[Flags]
public enum MountAttributes
{
    None = 0,
    ReadOnly = 1,
    NoSetId = 2,
    NoDevices = 4,
    NoExecute = 8,
}
