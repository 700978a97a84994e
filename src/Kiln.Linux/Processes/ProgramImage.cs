// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Kiln.Linux.Interop;

namespace Kiln.Linux.Processes;

/// <summary>execve(2): this process becomes another program, with the credentials of the calling thread.</summary>
public sealed unsafe class ProgramImage : IDisposable
{
    private readonly SyscallScript _memory = new();
    private readonly byte** _arguments;
    private readonly byte** _environment;

    /// <summary>Lays arguments and environment out as the kernel wants them; nothing is allocated later.</summary>
    public ProgramImage(IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        _arguments = (byte**)_memory.Vector(arguments);
        _environment = (byte**)_memory.Vector(environment);
    }

    /// <summary>Executes the file of that path. Returns only with an error.</summary>
    public Errno Execute(string path)
    {
        _ = Libc.Execve((byte*)_memory.Text(path), _arguments, _environment);
        return (Errno)Marshal.GetLastPInvokeError();
    }

    public void Dispose() => _memory.Dispose();
}
