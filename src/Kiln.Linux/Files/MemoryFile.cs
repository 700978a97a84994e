// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Files;

/// <summary>A file that lies in memory only and is gone with its last user: memfd_create(2).</summary>
public sealed unsafe class MemoryFile : IDisposable
{
    private const uint CloseOnExec = 1;

    private readonly SafeFileHandle _file;

    private MemoryFile(SafeFileHandle file) => _file = file;

    /// <summary>By which this process, and nobody else, can open it.</summary>
    public string Path => $"/proc/self/fd/{_file.DangerousGetHandle()}";

    /// <param name="name">For people who look at /proc.</param>
    /// <param name="content">What is in it.</param>
    public static MemoryFile Create(string name, Stream content)
    {
        SafeFileHandle file;
        fixed (byte* text = new CPath(name))
        {
            int fd = Libc.MemfdCreate(text, CloseOnExec);
            file = fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw ErrnoException.Last("memfd_create", name);
        }
        byte[] buffer = new byte[128 * 1024];
        long offset = 0;
        for (int count; (count = content.Read(buffer)) > 0; offset += count)
            RandomAccess.Write(file, buffer.AsSpan(0, count), offset);
        return new MemoryFile(file);
    }

    public void Dispose() => _file.Dispose();
}
