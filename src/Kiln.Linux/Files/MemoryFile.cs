// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;
using Kiln.Linux.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Files;

/// <summary>A file that lies in memory only and is gone with its last user: memfd_create(2).</summary>
public sealed unsafe class MemoryFile : IDisposable
{
    private const int AllSeals = 0xF; // F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE

    private readonly SafeFileHandle _file;

    private MemoryFile(SafeFileHandle file) => _file = file;

    /// <summary>By which this process, and nobody else, can open it.</summary>
    public string Path => $"/proc/self/fd/{_file.DangerousGetHandle()}";

    /// <param name="name">For people who look at /proc.</param>
    /// <param name="content">What is in it.</param>
    public static MemoryFile Create(string name, Stream content)
    {
        SafeFileHandle file = Make(name, Libc.MFD_CLOEXEC);
        byte[] buffer = new byte[128 * 1024];
        long offset = 0;
        for (int count; (count = content.Read(buffer)) > 0; offset += count)
            RandomAccess.Write(file, buffer.AsSpan(0, count), offset);
        return new MemoryFile(file);
    }

    /// <summary>One that nobody can change any more, whoever opens it.</summary>
    public static MemoryFile CreateSealed(string name, ReadOnlySpan<byte> content, int mode, uint uid, uint gid)
    {
        SafeFileHandle file = Make(name, Libc.MFD_CLOEXEC | Libc.MFD_ALLOW_SEALING);
        RandomAccess.Write(file, content, 0);
        if (Libc.Fchown(file, uid, gid) == 0 && Libc.Fchmod(file, (uint)mode) == 0 && Libc.Fcntl(file, Libc.F_ADD_SEALS, AllSeals) == 0)
            return new MemoryFile(file);
        ErrnoException error = ErrnoException.Last("memfd_create", name);
        file.Dispose();
        throw error;
    }

    /// <summary>Opens it once more, to read.</summary>
    public Errno Open(out Place file) => Place.Of(_file).Reopen(OpenFlags.Read, out file);

    public Errno GetStatus(out FullStatus status) => Place.Of(_file).GetStatus(out status);

    public void Dispose() => _file.Dispose();

    private static SafeFileHandle Make(string name, uint flags)
    {
        fixed (byte* text = new CPath(name))
        {
            int fd = Libc.MemfdCreate(text, flags);
            return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw ErrnoException.Last("memfd_create", name);
        }
    }
}
