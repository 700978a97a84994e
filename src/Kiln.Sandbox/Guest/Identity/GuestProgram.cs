// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Guest.Identity;

/// <summary>What execve(2) makes credentials of: the file that the kernel starts in the end, which of a script is the interpreter.</summary>
/// <param name="Uid">Its owner.</param>
/// <param name="Gid">Its group.</param>
/// <param name="Mode">Its mode, of which the set-id bits and the group's right to execute count.</param>
/// <param name="Capabilities">Those of `security.capability`; null where it has none that hold here.</param>
/// <param name="IsReadable">Whether the caller may read it, and the script: of what it may not read there is to be no dump.</param>
internal readonly record struct GuestProgram(uint Uid, uint Gid, int Mode, FileCapabilities? Capabilities, bool IsReadable);
