// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.Linux.Files;
using Kiln.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Processes;

/// <summary>A thread by itself and not by its number, which another may have later: a handle of its directory in `/proc`, which is empty once it has ended.</summary>
public sealed unsafe class ThreadMark : IDisposable
{
    private readonly SafeFileHandle _directory;

    private ThreadMark(SafeFileHandle directory) => _directory = directory;

    /// <summary>Of a thread that has the number now.</summary>
    public static ThreadMark Of(int threadId)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{threadId}");
        int fd = Libc.OpenPath(path, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0);
        return fd >= 0 ? new ThreadMark(new SafeFileHandle(fd, ownsHandle: true)) : throw ErrnoException.Last("open", path);
    }

    public bool IsAlive
    {
        get
        {
            fixed (byte* name = new CPath("comm"u8))
                return !_directory.IsClosed && Libc.Faccessat2(Libc.SYS_faccessat2, _directory, name, 0, 0) == 0;
        }
    }

    public void Dispose() => _directory.Dispose();
}
