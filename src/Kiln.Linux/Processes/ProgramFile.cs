// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;
using Kiln.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Processes;

/// <summary>A file that is about to be executed.</summary>
public static unsafe class ProgramFile
{
    private const int MostInterpreters = 6; // the kernel follows five, execve(2)
    private const int HeadSize = 256;       // BINPRM_BUF_SIZE

    /// <summary>
    /// Whether the file, or an interpreter that its first line names, is reached through a magic link of `/proc`. `/proc/self/exe` is this very program until the
    /// execve is done, so that a script could have it executed with a loader and arguments of its own.
    /// </summary>
    public static bool LeadsThroughMagicLink(string path)
    {
        byte[] name = System.Text.Encoding.UTF8.GetBytes(path);
        for (int i = 0; i < MostInterpreters; i++)
        {
            using SafeFileHandle? file = TryOpen(name, out Errno error);
            if (file is null)
                return error == Errno.ELOOP;
            if (DirectoryHandle.GetStatus(file, UnixPath.Root).Type != FileType.File)
                return false;
            byte[] head = new byte[HeadSize];
            if (InterpreterOf(head.AsSpan(0, RandomAccess.Read(file, head, 0))) is not { } interpreter)
                return false;
            name = interpreter;
        }
        return false;
    }

    private static SafeFileHandle? TryOpen(byte[] path, out Errno error)
    {
        const int nonBlocking = Libc.O_RDONLY | Libc.O_NONBLOCK | Libc.O_CLOEXEC;
        var how = new Libc.OpenHow { Flags = nonBlocking, Resolve = Libc.RESOLVE_NO_MAGICLINKS };
        using var workingDirectory = new SafeFileHandle(Libc.AT_FDCWD, ownsHandle: false);
        fixed (byte* name = new CPath(path))
        {
            long fd = Libc.OpenAt2(Libc.SYS_openat2, workingDirectory, name, &how, (nuint)sizeof(Libc.OpenHow));
            error = fd >= 0 ? Errno.None : ErrnoException.Last("openat2").Error;
            return fd >= 0 ? new SafeFileHandle((nint)fd, ownsHandle: true) : null;
        }
    }

    private static byte[]? InterpreterOf(ReadOnlySpan<byte> head)
    {
        if (!head.StartsWith("#!"u8))
            return null;
        ReadOnlySpan<byte> line = head[2..].TrimStart(" \t"u8);
        int end = line.IndexOfAny(" \t\n\0"u8);
        return (end < 0 ? line : line[..end]).ToArray();
    }
}
