// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Kiln.Linux.Files;
using Kiln.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Supervision;

/// <summary>
/// A file that is open in this process, as a plain value: for a supervisor's busiest paths, on which a handle object for each call would be garbage. Whoever got it from a call here closes it, once; a copy is
/// the same descriptor. Errors are results, for they are another process's; paths are bytes with a NUL at their end, as they came from its memory.
/// </summary>
public readonly unsafe partial struct Place : IDisposable
{
    private const int LongestProcPath = 48;
    private const int LongestNamePath = 16 + UnixPath.LongestName; // a number, a slash, a name, a NUL

    private readonly int _numberPlusOne; // so that the default is none

    private Place(int number) => _numberPlusOne = number + 1;

    internal int Number => _numberPlusOne - 1;

    public bool IsNone => _numberPlusOne == 0;

    internal static Place OfNumber(int number) => new(number);

    /// <summary>A view of a handle, which stays its owner and must be kept alive.</summary>
    public static Place Of(SafeHandle handle) => new((int)handle.DangerousGetHandle());

    /// <summary>A view of a directory's handle.</summary>
    public static Place Of(DirectoryHandle directory) => Of(directory.Handle);

    /// <summary>Makes a handle object of it, which owns it from now on.</summary>
    public SafeFileHandle ToHandle() => new(Number, ownsHandle: true);

    public void Dispose()
    {
        if (!IsNone)
            _ = Libc.CloseFd(Number);
    }

    /// <summary>One more descriptor of the same.</summary>
    public Errno Duplicate(out Place copy) => Opened(Libc.Fcntl(Number, Libc.F_DUPFD_CLOEXEC, 0), out copy);

    /// <summary>openat2(2). It is closed in the programs that this process starts.</summary>
    public Errno Open(ReadOnlySpan<byte> path, OpenFlags flags, int mode, PathResolve resolve, out Place file)
    {
        var how = new Libc.OpenHow { Flags = (uint)flags.ForOpenAt2, Mode = flags.Creates ? (uint)mode & 0xFFF : 0, Resolve = (ulong)resolve };
        fixed (byte* name = path)
            return Opened(Libc.OpenAt2(Libc.SYS_openat2, Number, name, &how, (nuint)sizeof(Libc.OpenHow)), out file);
    }

    /// <summary>The parent directory, `..`, which is the caller's to judge.</summary>
    public Errno OpenParent(out Place parent)
    {
        fixed (byte* name = ".."u8)
            return Opened(Libc.OpenAt(Number, name, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0), out parent);
    }

    /// <summary>Opens the very file once more, with other rights.</summary>
    public Errno Reopen(OpenFlags flags, out Place file)
    {
        fixed (byte* name = SelfPath(stackalloc byte[LongestProcPath]))
            return Opened(Libc.OpenAt(Libc.AT_FDCWD, name, (flags.WithoutCreation.Value & ~Libc.O_NOFOLLOW) | Libc.O_CLOEXEC, 0), out file);
    }

    /// <summary>The directory of what a thread has open, as a place only. This is `/proc`. It is the thread's for ever: one that has ended has nothing open, whoever has its number then.</summary>
    public Errno OpenDescriptorsOf(int threadId, out Place descriptors)
    {
        fixed (byte* name = ProcPath(stackalloc byte[LongestProcPath], threadId, "/fd"u8))
            return Opened(Libc.OpenAt(Number, name, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0), out descriptors);
    }

    /// <summary>What a thread has open under a number, as a place only. This is <see cref="OpenDescriptorsOf"/>.</summary>
    public Errno OpenDescriptor(int number, out Place file)
    {
        fixed (byte* name = NumberPath(stackalloc byte[LongestProcPath], number, []))
            return Opened(Libc.OpenAt(Number, name, Libc.O_PATH | Libc.O_CLOEXEC, 0), out file);
    }

    /// <summary>What is known of what a thread has open under a number. This is <see cref="OpenDescriptorsOf"/>.</summary>
    public Errno GetDescriptorStatus(int number, out FullStatus status)
    {
        fixed (byte* name = NumberPath(stackalloc byte[LongestProcPath], number, []))
            return Statx(name, 0, out status);
    }

    /// <summary>Of a name, with a NUL and without a slash, in a directory that a thread has open under a number. It is not followed. This is <see cref="OpenDescriptorsOf"/>.</summary>
    public Errno GetStatusIn(int number, ReadOnlySpan<byte> name, out FullStatus status)
    {
        fixed (byte* path = NumberPath(stackalloc byte[LongestNamePath], number, name))
            return Statx(path, Libc.AT_SYMLINK_NOFOLLOW, out status);
    }

    /// <summary>Opens a name in such a directory; a link is not followed.</summary>
    public Errno OpenIn(int number, ReadOnlySpan<byte> name, OpenFlags flags, out Place file)
    {
        fixed (byte* path = NumberPath(stackalloc byte[LongestNamePath], number, name))
            return Opened(Libc.OpenAt(Number, path, flags.WithoutCreation.ForOpenAt2 | Libc.O_NOFOLLOW, 0), out file);
    }

    /// <summary>What the kernel says of what a thread has open under a number, proc_pid_fdinfo(5). This is `/proc`.</summary>
    public Errno ReadInformationOf(int threadId, int number, Span<byte> buffer, out int length)
    {
        length = 0;
        Place file;
        fixed (byte* name = ProcPath(stackalloc byte[LongestProcPath], threadId, "/fdinfo/"u8, number))
        {
            Errno error = Opened(Libc.OpenAt(Number, name, Libc.O_RDONLY | Libc.O_CLOEXEC, 0), out file);
            if (error != Errno.None)
                return error == Errno.ENOENT ? Errno.EBADF : error;
        }
        using (file)
        {
            fixed (byte* to = buffer)
            {
                nint count = Libc.PRead(file.Number, to, (nuint)buffer.Length, 0);
                length = (int)Math.Max(0, count);
                return Result(count);
            }
        }
    }

    public Errno GetStatus(out FullStatus status)
    {
        byte empty = 0;
        return Statx(&empty, Libc.AT_EMPTY_PATH, out status);
    }

    /// <summary>Of a name in this directory, which is not followed.</summary>
    public Errno GetStatus(ReadOnlySpan<byte> name, out FullStatus status)
    {
        fixed (byte* path = name)
            return Statx(path, Libc.AT_SYMLINK_NOFOLLOW, out status);
    }

    /// <summary>The text of a link that is open as a place.</summary>
    public Errno ReadLink(Span<byte> buffer, out int length)
    {
        byte empty = 0;
        fixed (byte* to = buffer)
        {
            nint count = Libc.ReadLinkAt(Number, &empty, to, (nuint)buffer.Length);
            length = (int)Math.Max(0, count);
            return count >= 0 ? Errno.None : LastError;
        }
    }

    /// <summary>Where it lies, as the kernel writes it for this process.</summary>
    public Errno ReadPath(Span<byte> buffer, out int length)
    {
        fixed (byte* name = SelfPath(stackalloc byte[LongestProcPath]))
        fixed (byte* to = buffer)
        {
            nint count = Libc.ReadLinkAt(Libc.AT_FDCWD, name, to, (nuint)buffer.Length);
            length = (int)Math.Max(0, count);
            return count >= 0 ? Errno.None : LastError;
        }
    }

    /// <summary>statfs(2), the kernel's own structure.</summary>
    public Errno GetFileSystem(Span<byte> buffer)
    {
        fixed (byte* to = buffer)
            return Result(Libc.Fstatfs(Number, to));
    }

    /// <summary>sizeof(struct statfs) of 64-bit machines.</summary>
    public const int FileSystemSize = 120;

    /// <summary>The flags that it has from now on, of those that can change.</summary>
    public void SetFlags(OpenFlags flags) => _ = Libc.Fcntl(Number, Libc.F_SETFL, flags.Value);

    private Errno Statx(byte* path, int flags, out FullStatus status)
    {
        Libc.StatxBuffer buffer;
        Errno error = Result(Libc.Statx(Number, path, flags, Libc.StatxBasicAndBirth, &buffer));
        status = error == Errno.None ? new FullStatus(buffer) : default;
        return error;
    }

    private Span<byte> SelfPath(Span<byte> buffer)
    {
        "/proc/self/fd/"u8.CopyTo(buffer);
        System.Buffers.Text.Utf8Formatter.TryFormat(Number, buffer[14..], out int digits);
        buffer[14 + digits] = 0;
        return buffer;
    }

    /// <summary>`THREAD/rest`, and a number where there is one.</summary>
    private static Span<byte> ProcPath(Span<byte> buffer, int threadId, ReadOnlySpan<byte> rest, int? number = null)
    {
        System.Buffers.Text.Utf8Formatter.TryFormat(threadId, buffer, out int length);
        rest.CopyTo(buffer[length..]);
        length += rest.Length;
        int digits = 0;
        if (number is { } last)
            System.Buffers.Text.Utf8Formatter.TryFormat(last, buffer[length..], out digits);
        buffer[length + digits] = 0;
        return buffer;
    }

    /// <summary>`NUMBER`, or `NUMBER/name` where there is a name with its NUL.</summary>
    private static Span<byte> NumberPath(Span<byte> buffer, int number, ReadOnlySpan<byte> name)
    {
        System.Buffers.Text.Utf8Formatter.TryFormat(number, buffer, out int length);
        buffer[length] = name.IsEmpty ? (byte)0 : (byte)'/';
        name.CopyTo(buffer[(length + 1)..]);
        return buffer;
    }

    private static Errno Opened(long number, out Place file)
    {
        file = number >= 0 ? new Place((int)number) : default;
        return number >= 0 ? Errno.None : LastError;
    }

    private static Errno LastError => (Errno)Marshal.GetLastPInvokeError();

    private static Errno Result(long result) => result >= 0 ? Errno.None : LastError;
}
