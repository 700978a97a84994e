// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using System.Text;
using Kiln.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Files;

/// <summary>
/// An open directory, and everything that is done below it. A path given to it is resolved by the kernel beneath the directory and
/// through no symbolic link at all (openat2(2): RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS), so whoever owns the tree cannot lead us out of it, not
/// even by swapping a directory for a link meanwhile. The last component is never followed either.
/// </summary>
public sealed unsafe partial class DirectoryHandle : IDisposable
{
    /// <summary>STATX_BASIC_STATS: all but the birth time.</summary>
    internal const uint StatxBasic = 0x7ff;

    private readonly SafeFileHandle _handle;

    private DirectoryHandle(SafeFileHandle handle) => _handle = handle;

    internal SafeFileHandle Handle => _handle;

    /// <summary>By which this process, and nobody else, can name the directory while this is open.</summary>
    public string ProcessPath => $"/proc/self/fd/{_handle.DangerousGetHandle()}";

    /// <summary>Opens a directory of the builder's own by its path; links in it are followed.</summary>
    public static DirectoryHandle Open(string path)
    {
        fixed (byte* name = new CPath(path))
        {
            int fd = Libc.Open(name, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0);
            return fd >= 0 ? new DirectoryHandle(new SafeFileHandle(fd, ownsHandle: true)) : throw ErrnoException.Last("open", path);
        }
    }

    /// <summary>Takes an open directory over.</summary>
    internal static DirectoryHandle Of(SafeFileHandle directory) => new(directory);

    public DirectoryHandle OpenDirectory(UnixPath path) => new(OpenAt(path, Libc.O_RDONLY | Libc.O_DIRECTORY, 0));

    /// <summary>Opens a directory; null where there is something else, or nothing, or a link on the way.</summary>
    public DirectoryHandle? FindDirectory(UnixPath path)
    {
        SafeFileHandle? directory = FindAt(path.Bytes, Libc.O_RDONLY | Libc.O_DIRECTORY, 0, out Errno error);
        return directory is not null ? new DirectoryHandle(directory) : IsAbsent(error) ? null : throw new ErrnoException("openat2", error, path.ToString());
    }

    /// <summary>Opens a regular file to read. Anything else (a device, a FIFO that would block) is refused with ENXIO.</summary>
    public SafeFileHandle OpenFile(UnixPath path)
    {
        SafeFileHandle file = OpenAt(path, Libc.O_RDONLY | Libc.O_NONBLOCK | Libc.O_NOFOLLOW, 0);
        if (GetStatus(file, path).Type == FileType.File)
            return file;
        file.Dispose();
        throw new ErrnoException("open", Errno.ENXIO, path.ToString());
    }

    /// <summary>
    /// Opens a file to read of which it is known that it is a regular one, by the one call that this takes. If it has become something else meanwhile,
    /// opening does not wait, and reading fails or ends.
    /// </summary>
    public FileReadStream OpenReader(UnixPath path) => new(OpenAt(path, Libc.O_RDONLY | Libc.O_NONBLOCK | Libc.O_NOFOLLOW, 0), path);

    /// <summary>Makes a new file and opens it to write; EEXIST where the name is taken.</summary>
    public SafeFileHandle CreateFile(UnixPath path, int mode) =>
        OpenAt(path, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW, mode);

    /// <summary>Makes a new file in this very directory, to be filled at once; null where the name is taken.</summary>
    public NewFile? TryCreateFile(ReadOnlySpan<byte> name, int mode)
    {
        SafeFileHandle? file = FindAt(CheckName(name), Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW, mode, out Errno error);
        return file is not null ? new NewFile(file)
            : error == Errno.EEXIST ? null
            : throw new ErrnoException("openat2", error, Encoding.UTF8.GetString(name));
    }

    /// <summary>One more handle of the directory itself, for what is done to open files.</summary>
    public SafeFileHandle OpenSelf() => OpenAt(UnixPath.Root, Libc.O_RDONLY | Libc.O_DIRECTORY, 0);

    public FileStatus GetStatus(UnixPath path) =>
        FindStatus(path) ?? throw new ErrnoException("statx", Errno.ENOENT, path.ToString());

    /// <summary>The status of a file, or null where there is none of that path; what lies behind a link is of another path.</summary>
    public FileStatus? FindStatus(UnixPath path)
    {
        if (path.IsRoot)
            return GetStatus(_handle, path);
        // RESOLVE_NO_SYMLINKS would refuse a link as last component even under O_PATH|O_NOFOLLOW, where it is what is asked for.
        using DirectoryHandle? parent = path.Depth > 1 ? FindDirectory(path.Parent) : null;
        if (path.Depth > 1)
            return parent?.FindStatus(path.Name);
        return FindStatus(path.Name);
    }

    /// <summary>The status of a name in this very directory: one system call, for walks.</summary>
    public FileStatus? FindStatus(ReadOnlySpan<byte> name)
    {
        Libc.StatxBuffer buffer;
        fixed (byte* path = new CPath(CheckName(name)))
        {
            if (Libc.Statx(_handle, path, Libc.AT_SYMLINK_NOFOLLOW, StatxBasic, &buffer) == 0)
                return new FileStatus(buffer);
        }
        return Marshal.GetLastPInvokeError() == (int)Errno.ENOENT ? null : throw ErrnoException.Last("statx", Encoding.UTF8.GetString(name));
    }

    /// <summary>The text of a symbolic link in this very directory, as bytes.</summary>
    public byte[] ReadLink(ReadOnlySpan<byte> name)
    {
        const int PathMax = 4096;
        byte* buffer = stackalloc byte[PathMax];
        fixed (byte* path = new CPath(CheckName(name)))
        {
            nint length = Libc.ReadLinkAt(_handle, path, buffer, PathMax);
            return length >= 0 ? new Span<byte>(buffer, (int)length).ToArray() : throw ErrnoException.Last("readlinkat", Encoding.UTF8.GetString(name));
        }
    }

    /// <summary>The names in this directory, in the kernel's order.</summary>
    public IReadOnlyList<DirectoryEntry> ReadEntries()
    {
        var listing = new DirectoryListing();
        listing.Read(this);
        var entries = new List<DirectoryEntry>();
        while (listing.MoveNext())
            entries.Add(new DirectoryEntry(listing.Name.ToArray()));
        return entries;
    }

    public void Dispose() => _handle.Dispose();

    internal static FileStatus GetStatus(SafeFileHandle file, UnixPath path)
    {
        Libc.StatxBuffer buffer;
        byte empty = 0;
        return Libc.Statx(file, &empty, Libc.AT_EMPTY_PATH, StatxBasic, &buffer) == 0
            ? new FileStatus(buffer)
            : throw ErrnoException.Last("statx", path.ToString());
    }

    private SafeFileHandle OpenAt(UnixPath path, int flags, int mode) =>
        FindAt(path.Bytes, flags, mode, out Errno error) ?? throw new ErrnoException("openat2", error, path.ToString());

    /// <summary>Null where the call failed, and why: what is often not there is asked for without an exception.</summary>
    private SafeFileHandle? FindAt(ReadOnlySpan<byte> path, int flags, int mode, out Errno error)
    {
        var how = new Libc.OpenHow
        {
            Flags = (ulong)(flags | Libc.O_CLOEXEC),
            Mode = (ulong)mode,
            Resolve = Libc.RESOLVE_BENEATH | Libc.RESOLVE_NO_MAGICLINKS | Libc.RESOLVE_NO_SYMLINKS,
        };
        fixed (byte* name = new CPath(path))
        {
            long fd = Libc.OpenAt2(Libc.SYS_openat2, _handle, name, &how, (nuint)sizeof(Libc.OpenHow));
            error = fd >= 0 ? Errno.None : (Errno)Marshal.GetLastPInvokeError();
            return fd >= 0 ? new SafeFileHandle((nint)fd, ownsHandle: true) : null;
        }
    }

    private static bool IsAbsent(Errno error) => error is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP;

    /// <summary>A single component: the calls that take a name and not a handle must never be given a way out.</summary>
    private static ReadOnlySpan<byte> CheckName(ReadOnlySpan<byte> name) =>
        name.IsEmpty || name.Contains((byte)'/') || name is [(byte)'.'] or [(byte)'.', (byte)'.']
            ? throw new ErrnoException("name", Errno.EINVAL, Encoding.UTF8.GetString(name))
            : name;
}
