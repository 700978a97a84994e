// SPDX-License-Identifier: Apache-2.0
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
    private readonly SafeFileHandle _handle;

    private DirectoryHandle(SafeFileHandle handle) => _handle = handle;

    internal SafeFileHandle Handle => _handle;

    /// <summary>Opens a directory of the builder's own by its path; links in it are followed.</summary>
    public static DirectoryHandle Open(string path)
    {
        fixed (byte* name = new CPath(path))
        {
            int fd = Libc.Open(name, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0);
            return fd >= 0 ? new DirectoryHandle(new SafeFileHandle(fd, ownsHandle: true)) : throw ErrnoException.Last("open", path);
        }
    }

    public DirectoryHandle OpenDirectory(UnixPath path) => new(OpenAt(path, Libc.O_RDONLY | Libc.O_DIRECTORY, 0));

    /// <summary>Opens a directory; null where there is something else, or nothing, or a link on the way.</summary>
    public DirectoryHandle? FindDirectory(UnixPath path)
    {
        try
        {
            return OpenDirectory(path);
        }
        catch (ErrnoException e) when (e.Error is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
        {
            return null;
        }
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

    /// <summary>One more handle of the directory itself, for what is done to open files.</summary>
    public SafeFileHandle OpenSelf() => OpenAt(UnixPath.Root, Libc.O_RDONLY | Libc.O_DIRECTORY, 0);

    public FileStatus GetStatus(UnixPath path) =>
        FindStatus(path) ?? throw new ErrnoException("statx", Errno.ENOENT, path.ToString());

    /// <summary>The status of a file, or null where there is none of that path; what lies behind a link is of another path.</summary>
    public FileStatus? FindStatus(UnixPath path)
    {
        if (path.IsRoot)
            return GetStatus(_handle, path);
        try
        {
            using SafeFileHandle file = OpenAt(path, Libc.O_PATH | Libc.O_NOFOLLOW, 0);
            return GetStatus(file, path);
        }
        catch (ErrnoException e) when (e.Error is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
        {
            return null;
        }
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
        ErrnoException error = ErrnoException.Last("statx", Encoding.UTF8.GetString(name));
        return error.Error == Errno.ENOENT ? null : throw error;
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
        const int HeaderSize = 19; // struct linux_dirent64: d_ino 8, d_off 8, d_reclen 2, d_type 1, then the name
        var entries = new List<DirectoryEntry>();
        // Another open description of the same directory: its position is nobody else's.
        using SafeFileHandle own = OpenAt(UnixPath.Root, Libc.O_RDONLY | Libc.O_DIRECTORY, 0);
        byte[] buffer = new byte[32 * 1024];
        fixed (byte* start = buffer)
        {
            while (true)
            {
                long count = Libc.GetDents64(Libc.SYS_getdents64, own, start, (nuint)buffer.Length);
                if (count < 0)
                    throw ErrnoException.Last("getdents64");
                if (count == 0)
                    return entries;
                for (int at = 0; at < count;)
                {
                    int length = BitConverter.ToUInt16(buffer, at + 16);
                    ReadOnlySpan<byte> name = buffer.AsSpan(at + HeaderSize, length - HeaderSize);
                    name = name[..name.IndexOf((byte)0)];
                    if (!(name is [(byte)'.'] or [(byte)'.', (byte)'.']))
                        entries.Add(new DirectoryEntry(name.ToArray()));
                    at += length;
                }
            }
        }
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>STATX_BASIC_STATS: all but the birth time.</summary>
    private const uint StatxBasic = 0x7ff;

    internal static FileStatus GetStatus(SafeFileHandle file, UnixPath path)
    {
        Libc.StatxBuffer buffer;
        byte empty = 0;
        return Libc.Statx(file, &empty, Libc.AT_EMPTY_PATH, StatxBasic, &buffer) == 0
            ? new FileStatus(buffer)
            : throw ErrnoException.Last("statx", path.ToString());
    }

    private SafeFileHandle OpenAt(UnixPath path, int flags, int mode)
    {
        var how = new Libc.OpenHow
        {
            Flags = (ulong)(flags | Libc.O_CLOEXEC),
            Mode = (ulong)mode,
            Resolve = Libc.RESOLVE_BENEATH | Libc.RESOLVE_NO_MAGICLINKS,
        };
        // RESOLVE_NO_SYMLINKS would refuse a link as last component even under O_PATH|O_NOFOLLOW, where it is what is asked for.
        bool linkItself = (flags & Libc.O_PATH) != 0;
        if (!linkItself)
            how.Resolve |= Libc.RESOLVE_NO_SYMLINKS;
        if (linkItself && path.Depth > 1)
        {
            using DirectoryHandle parent = OpenDirectory(path.Parent);
            return parent.OpenAt(UnixPath.Clean(path.Name), flags, mode);
        }
        fixed (byte* name = new CPath(path.Bytes))
        {
            long fd = Libc.OpenAt2(Libc.SYS_openat2, _handle, name, &how, (nuint)sizeof(Libc.OpenHow));
            return fd >= 0 ? new SafeFileHandle((nint)fd, ownsHandle: true) : throw ErrnoException.Last("openat2", path.ToString());
        }
    }

    /// <summary>A single component: the calls that take a name and not a handle must never be given a way out.</summary>
    private static ReadOnlySpan<byte> CheckName(ReadOnlySpan<byte> name) =>
        name.IsEmpty || name.Contains((byte)'/') || name is [(byte)'.'] or [(byte)'.', (byte)'.']
            ? throw new ErrnoException("name", Errno.EINVAL, Encoding.UTF8.GetString(name))
            : name;
}
