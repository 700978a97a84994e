// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Files;

/// <summary>
/// A lock on a file, flock(2), one owner's or shared by several. The kernel lets go of it when its owner ends, however it ends; the file itself stays, for removing a lock
/// file would let two owners hold it.
/// </summary>
public sealed unsafe class FileLock : IDisposable
{
    private const int LockShared = 1;
    private const int LockExclusive = 2;
    private const int LockNonBlocking = 4;
    private const int LockUnlock = 8;

    private readonly SafeFileHandle _file;

    private FileLock(SafeFileHandle file) => _file = file;

    /// <summary>The lock for oneself, or null while somebody else has it.</summary>
    public static FileLock? TryTake(string path) => TryTake(path, LockExclusive);

    /// <summary>The lock together with others who share it, or null while somebody has it for himself.</summary>
    public static FileLock? TryShare(string path) => TryTake(path, LockShared);

    public void Dispose()
    {
        // flock(2): a lock belongs to the open file, and a child that another thread has forked and that has not yet come to its execve holds that open too. Closing alone would leave
        // the lock with it for that moment.
        if (!_file.IsClosed)
            Libc.Flock(_file, LockUnlock);
        _file.Dispose();
    }

    private static FileLock? TryTake(string path, int kind)
    {
        SafeFileHandle file;
        fixed (byte* name = new CPath(path))
        {
            int fd = Libc.Open(name, Libc.O_RDWR | Libc.O_CREAT | Libc.O_CLOEXEC, 0x180);
            file = fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw ErrnoException.Last("open", path);
        }
        if (Libc.Flock(file, kind | LockNonBlocking) == 0)
            return new FileLock(file);
        ErrnoException error = ErrnoException.Last("flock", path);
        file.Dispose();
        return error.Error == Errno.EAGAIN ? null : throw error;
    }
}
