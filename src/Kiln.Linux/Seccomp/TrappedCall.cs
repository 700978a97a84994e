// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;

namespace Kiln.Linux.Seccomp;

/// <summary>A system call that waits for its answer. The caller may be gone at any time; whoever answers then is told that there is nobody.</summary>
public readonly unsafe struct TrappedCall
{
    private readonly Libc.SeccompNotification _notification;

    internal TrappedCall(in Libc.SeccompNotification notification, SystemCall? call)
    {
        _notification = notification;
        Call = call;
    }

    /// <summary>Null for a number that this program has no name for.</summary>
    public SystemCall? Call { get; }

    /// <summary>The calling thread, by the receiver's pid namespace.</summary>
    public int ThreadId => (int)_notification.ThreadId;

    /// <summary>Where the caller goes on afterwards: behind its `syscall` instruction.</summary>
    public ulong ReturnAddress => _notification.InstructionPointer;

    internal ulong Id => _notification.Id;

    /// <summary>An argument as a pointer or a size.</summary>
    public ulong Pointer(int index) => _notification.Arguments[index];

    /// <summary>An argument as the `int` that the kernel takes it for.</summary>
    public int Number(int index) => (int)_notification.Arguments[index];
}
