// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Guest.State;

/// <summary>The file that a process executes, as a place: what `/proc/PID/exe` leads to. It is closed when nobody runs it any more.</summary>
internal sealed class RunningProgram(SafeFileHandle file, ulong inode)
{
    public ulong Inode => inode;

    /// <summary>A view, good as long as this is kept alive.</summary>
    public Place Place => Place.Of(file);
}
