// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;
using Kiln.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Processes;

/// <summary>
/// Memory that this process writes and others have mapped to read and execute. Nobody else can write to it: from the moment it is there the kernel refuses new writable mappings and write(2) (F_SEAL_FUTURE_WRITE, memfd_create(2)).
/// </summary>
public sealed unsafe class SharedPages : IDisposable
{
    private const int Seals = 0x1 | 0x2 | 0x4 | 0x10; // F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_FUTURE_WRITE

    private const uint Executable = 0x10; // MFD_EXEC, Linux 6.3; headers of older systems do not have it

    private readonly byte* _start;

    private SharedPages(SafeFileHandle file, byte* start, int length)
    {
        _start = start;
        (File, Length) = (file, length);
    }

    /// <summary>By which another process maps it.</summary>
    public SafeFileHandle File { get; }

    public int Length { get; }

    /// <summary>Its bytes, zeros at first, as long as it is not disposed.</summary>
    public Span<byte> Bytes => new(_start, Length);

    /// <summary>Null where the kernel has no such memory to give.</summary>
    public static SharedPages? TryCreate(string name, int length)
    {
        SafeFileHandle file;
        fixed (byte* text = new CPath(name))
        {
            // Since Linux 6.3 it may have to be said that it is to be executed; before, saying so is an error.
            int number = Libc.MemfdCreate(text, Libc.MFD_CLOEXEC | Libc.MFD_ALLOW_SEALING | Executable);
            if (number < 0)
                number = Libc.MemfdCreate(text, Libc.MFD_CLOEXEC | Libc.MFD_ALLOW_SEALING);
            if (number < 0)
                return null;
            file = new SafeFileHandle(number, ownsHandle: true);
        }
        void* start = (void*)-1;
        try
        {
            RandomAccess.SetLength(file, length);
            start = Libc.Mmap(null, (nuint)length, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED, (int)file.DangerousGetHandle(), 0);
            if (start != (void*)-1 && Libc.Fcntl(file, Libc.F_ADD_SEALS, Seals) == 0)
                return new SharedPages(file, (byte*)start, length);
        }
        catch (IOException)
        {
            // No memory: as if there were none of the kind.
        }
        if (start != (void*)-1)
            _ = Libc.Munmap(start, (nuint)length);
        file.Dispose();
        return null;
    }

    public void Dispose()
    {
        if (File.IsClosed)
            return;
        _ = Libc.Munmap(_start, (nuint)Length);
        File.Dispose();
    }
}
