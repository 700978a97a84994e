// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Seccomp;

/// <summary>Puts filters on the calling thread, and on all that it executes and starts from then on, seccomp(2). They cannot be taken off.</summary>
public static unsafe class SeccompFilter
{
    /// <summary>
    /// Gives up gaining privilege by execve for good: what asks for it, a set-uid program, runs without. Without CAP_SYS_ADMIN the kernel
    /// takes no filter before this.
    /// </summary>
    public static void RenouncePrivilege()
    {
        if (Libc.Prctl(Libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
            throw ErrnoException.Last("prctl", "PR_SET_NO_NEW_PRIVS");
    }

    /// <summary>Installs a program. The handle is where the calls arrive that it does not decide itself (<see cref="SeccompListener"/>).</summary>
    /// <param name="program">The program.</param>
    /// <param name="mayBeInterrupted">Whether it will do on a kernel where signals interrupt a caller that is being answered, so that what was done for it is done again.</param>
    public static SafeFileHandle InstallWithListener(SeccompProgram program, bool mayBeInterrupted = true)
    {
        const uint flags = Libc.SECCOMP_FILTER_FLAG_NEW_LISTENER | Libc.SECCOMP_FILTER_FLAG_SPEC_ALLOW;
        // Linux 5.19: a caller whose call is being answered is interrupted by deadly signals alone, not by every timer of its own.
        long listener = Install(program, flags | Libc.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
        if (listener < 0 && mayBeInterrupted && ErrnoException.Last("seccomp").Error == Errno.EINVAL)
            listener = Install(program, flags);
        return listener >= 0 ? new SafeFileHandle((nint)listener, ownsHandle: true) : throw ErrnoException.Last("seccomp", "SECCOMP_SET_MODE_FILTER");
    }

    /// <summary>Installs a program that decides everything itself.</summary>
    public static void Install(SeccompProgram program)
    {
        if (Install(program, 0) < 0)
            throw ErrnoException.Last("seccomp", "SECCOMP_SET_MODE_FILTER");
    }

    private static long Install(SeccompProgram program, uint flags)
    {
        fixed (BpfInstruction* instructions = program.Instructions.AsSpan())
        {
            var filter = new Libc.FilterProgram { Length = checked((ushort)program.Instructions.Length), Instructions = instructions };
            return Libc.Seccomp(Libc.SYS_seccomp, Libc.SECCOMP_SET_MODE_FILTER, flags, &filter);
        }
    }
}
