// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;
using Kiln.Linux.Interop;

namespace Kiln.Linux.Mounts;

/// <summary>A directory's modification time, put back when this is disposed: what was added or removed meanwhile does not show.</summary>
public readonly unsafe struct KeptModifiedTime : IDisposable
{
    private const long UtimeOmit = 0x3ffffffe; // UTIME_OMIT, utimensat(2)

    private readonly DirectoryHandle _directory;
    private readonly UnixTime _time;

    private KeptModifiedTime(DirectoryHandle directory)
    {
        _directory = directory;
        _time = directory.GetStatus(UnixPath.Root).ModifiedTime;
    }

    public static KeptModifiedTime Of(DirectoryHandle directory) => new(directory);

    public void Dispose()
    {
        Libc.Timespec* times = stackalloc Libc.Timespec[2];
        times[0] = new Libc.Timespec { Nanoseconds = UtimeOmit };
        times[1] = new Libc.Timespec { Seconds = _time.Seconds, Nanoseconds = _time.Nanoseconds };
        if (Libc.Futimens(_directory.Handle, times) != 0)
            throw ErrnoException.Last("futimens");
    }
}
