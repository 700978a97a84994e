// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Guest.Identity;

/// <summary>What somebody wants of a file, by the bits of access(2) and of modes. Of a directory, to execute is to look a name up in it.</summary>
[Flags]
internal enum AccessWanted
{
    None = 0,
    Execute = 1,
    Write = 2,
    Read = 4,
}
