// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Seccomp;

namespace Kiln.Sandbox.Supervision;

/// <summary>Where a system call has its path, and what it says of it.</summary>
/// <param name="Directory">The argument that is the directory's descriptor; negative where there is none.</param>
/// <param name="Path">The argument that is the path's address.</param>
/// <param name="Follow">Whether a link at the end is followed.</param>
internal readonly record struct PathArguments(int Directory, int Path, bool Follow)
{
    private const int NoFollow = 0x100;       // AT_SYMLINK_NOFOLLOW

    public static PathArguments Of(in TrappedCall call) => call.Call switch
    {
        SystemCall.open or SystemCall.stat or SystemCall.access or SystemCall.chdir or SystemCall.execve or SystemCall.chmod or SystemCall.chown => new(-1, 0, true),
        SystemCall.getxattr or SystemCall.listxattr or SystemCall.statfs => new(-1, 0, true),
        SystemCall.lstat or SystemCall.lchown or SystemCall.readlink or SystemCall.lgetxattr or SystemCall.llistxattr => new(-1, 0, false),
        SystemCall.openat or SystemCall.openat2 or SystemCall.faccessat or SystemCall.fchmodat => new(0, 1, true),
        SystemCall.readlinkat => new(0, 1, false),
        SystemCall.statx => new(0, 1, (call.Number(2) & NoFollow) == 0),
        SystemCall.newfstatat or SystemCall.faccessat2 or SystemCall.fchmodat2 or SystemCall.utimensat => new(0, 1, (call.Number(3) & NoFollow) == 0),
        SystemCall.fchownat => new(0, 1, (call.Number(4) & NoFollow) == 0),
        SystemCall.linkat => new(0, 1, true),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
