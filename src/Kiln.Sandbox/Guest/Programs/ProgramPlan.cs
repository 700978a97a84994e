// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Sandbox.Guest.State;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Guest.Programs;

/// <summary>What an execve comes to once its paths are resolved. It owns its handles, which are open for reading.</summary>
internal sealed record ProgramPlan : IDisposable
{
    /// <summary>What the kernel executes: the ELF interpreter, or the program where that has none.</summary>
    public required SafeFileHandle Executed { get; init; }

    public required ElfImage ExecutedImage { get; init; }

    /// <summary>The program that the interpreter is to find in its memory; null where it is what the kernel executes.</summary>
    public SafeFileHandle? Program { get; init; }

    public ElfImage? ProgramImage { get; init; }

    /// <summary>The words that replace the first argument: of a script the interpreters with their arguments and the script. Empty: it stays.</summary>
    public ImmutableArray<byte[]> Prefix { get; init; } = [];

    /// <summary>The path that was executed, as the guest knows it (AT_EXECFN).</summary>
    public required byte[] ExecutedName { get; init; }

    /// <summary>What the process is called (`/proc/PID/comm`), cut to the 15 bytes that there is room for.</summary>
    public required byte[] CommandName { get; init; }

    public required ProgramIds Ids { get; init; }

    /// <summary>The state of a program that may take shortcuts, as its caller might; null for any other.</summary>
    public GuestState? WithShortcuts { get; init; }

    /// <summary>Whether the program is the first that may not use shortcuts, and nor may anything that it starts.</summary>
    public bool EndsShortcuts { get; init; }

    /// <summary>Called with the process's number once it has become the program, before that does anything, and whether it is the first that may not take shortcuts. False: it is killed.</summary>
    public Func<int, bool, bool>? Commit { get; init; }

    public void Dispose()
    {
        Executed.Dispose();
        Program?.Dispose();
    }
}
