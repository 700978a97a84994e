// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Processes;

/// <summary>Reading, writing and passing on file descriptors that are not files: pipes, memory, what was inherited.</summary>
public static unsafe class Descriptor
{
    private static readonly Files.DeviceNumber NullDevice = new(1, 3);

    /// <summary>A descriptor that this process was started with, by its number.</summary>
    public static SafeFileHandle Inherited(int number) => new(number, ownsHandle: true);

    /// <summary>A file of its own in memory (memfd_create(2)) that holds the bytes, to be read from the start.</summary>
    public static SafeFileHandle InMemory(ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        SafeFileHandle file;
        fixed (byte* text = new Files.CPath(name))
        {
            int fd = Libc.MemfdCreate(text, Libc.MFD_CLOEXEC);
            file = fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw ErrnoException.Last("memfd_create");
        }
        RandomAccess.Write(file, content, 0);
        return file;
    }

    /// <summary>Opens `/dev/null` or the like to read and write.</summary>
    public static SafeFileHandle Open(string path)
    {
        int fd = Libc.OpenPath(path, Libc.O_RDWR | Libc.O_CLOEXEC, 0);
        return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw ErrnoException.Last("open", path);
    }

    /// <summary>Opens a file of the builder's own; links are followed, magic ones too.</summary>
    public static SafeFileHandle OpenToRead(string path)
    {
        int fd = Libc.OpenPath(path, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
        return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw ErrnoException.Last("open", path);
    }

    /// <summary>
    /// Reads from `/dev/null` as it is here from now on. What was read from before is the builder's: through a descriptor its owner and mode could be changed.
    /// Where there is no such device, from an empty file in memory.
    /// </summary>
    public static void ReplaceStandardInput()
    {
        SafeFileHandle? opened = null;
        try
        {
            opened = Open("/dev/null");
        }
        catch (ErrnoException)
        {
            // A step may have mounted something over it.
        }
        using SafeFileHandle source = opened is not null && Files.DirectoryHandle.GetStatus(opened, UnixPath.Root).Device == NullDevice ? opened : InMemory("stdin"u8, []);
        if (Libc.Dup2(source, 0) != 0)
            throw ErrnoException.Last("dup2");
    }

    /// <summary>As many bytes as are there now, at least one; 0 at the end.</summary>
    public static int Read(SafeFileHandle file, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint count;
            do
                count = Libc.Read(file, start, (nuint)buffer.Length);
            while (count < 0 && ErrnoException.Last("read").Error == Errno.EINTR);
            return count >= 0 ? (int)count : throw ErrnoException.Last("read");
        }
    }

    public static void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint count;
            fixed (byte* start = bytes)
                count = Libc.Write(file, start, (nuint)bytes.Length);
            if (count >= 0)
                bytes = bytes[(int)count..];
            else if (ErrnoException.Last("write") is var error && error.Error != Errno.EINTR)
                throw error;
        }
    }

    /// <summary>Writes one of the kernel's control files below `/proc`, which take their text in a single write.</summary>
    public static void WriteControlFile(string path, string text)
    {
        int fd = Libc.OpenPath(path, Libc.O_WRONLY | Libc.O_CLOEXEC, 0);
        using SafeFileHandle file = fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw ErrnoException.Last("open", path);
        byte[] bytes = System.Text.Encoding.ASCII.GetBytes(text);
        fixed (byte* start = bytes)
        {
            if (Libc.Write(file, start, (nuint)bytes.Length) != bytes.Length)
                throw ErrnoException.Last("write", path);
        }
    }

    /// <summary>fchown(2) of a standard descriptor.</summary>
    public static void SetOwner(int number, uint uid, uint gid)
    {
        using var file = new SafeFileHandle(number, ownsHandle: false);
        if (Libc.Fchown(file, uid, gid) != 0)
            throw ErrnoException.Last("fchown", $"descriptor {number}");
    }

    /// <summary>
    /// Waits until one of the files can be read or has ended, and says which; a closed handle is passed over. Without waiting, none may be.
    /// </summary>
    public static bool[] PollReadable(ReadOnlySpan<SafeFileHandle> files, bool wait)
    {
        Libc.PollFd* polled = stackalloc Libc.PollFd[files.Length];
        for (int i = 0; i < files.Length; i++)
            polled[i] = new Libc.PollFd { Fd = files[i].IsClosed ? -1 : (int)files[i].DangerousGetHandle(), Events = Libc.POLLIN };
        while (Libc.Poll(polled, (nuint)files.Length, wait ? -1 : 0) < 0)
            if (ErrnoException.Last("poll") is var error && error.Error != Errno.EINTR)
                throw error;
        bool[] ready = new bool[files.Length];
        for (int i = 0; i < files.Length; i++)
            ready[i] = polled[i].Returned != 0;
        return ready;
    }

    /// <summary>Lets the next program inherit descriptors 0, 1 and 2 alone.</summary>
    public static void CloseAllButStandardOnExecute()
    {
        if (Libc.CloseRange(Libc.SYS_close_range, 3, uint.MaxValue, Libc.CLOSE_RANGE_CLOEXEC) != 0)
            throw ErrnoException.Last("close_range");
    }
}
