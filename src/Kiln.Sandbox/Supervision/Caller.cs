// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;

namespace Kiln.Sandbox.Supervision;

/// <summary>A thread of the step that waits for its system call's answer. It is used for one call, on the supervisor's thread.</summary>
internal sealed class Caller(SeccompListener listener, BorrowedIdentity identity)
{
    private const int LongestPath = 4096;

    private readonly byte[] _path = new byte[LongestPath];
    private TrappedCall _call;
    private ProcessStatus? _status;

    public ref readonly TrappedCall Call => ref _call;

    public int ThreadId => _call.ThreadId;

    public SeccompListener Listener => listener;

    /// <summary>Null where it has ended.</summary>
    public ProcessStatus? Status => _status ??= ProcessStatus.Find(ThreadId);

    public void Begin(in TrappedCall call) => (_call, _status) = (call, null);

    public void Continue() => listener.Continue(_call);

    public void Fail(Errno error) => listener.Fail(_call, error);

    /// <summary>Success, or the error.</summary>
    public void Return(Errno error)
    {
        if (error == Errno.None)
            listener.Return(_call, 0);
        else
            listener.Fail(_call, error);
    }

    /// <summary>Success, with a value.</summary>
    public void ReturnValue(long value) => listener.Return(_call, value);

    /// <summary>A path argument with its NUL; empty where the memory cannot be read, and the kernel is to have the last word.</summary>
    public ReadOnlySpan<byte> ReadPath(int argument)
    {
        ulong address = _call.Pointer(argument);
        if (address == 0)
            return [];
        bool read = ProcessMemory.TryReadText(ThreadId, address, _path, out int length, out Errno error);
        if (!read && error == Errno.EPERM && TakeIdentity())
            read = ProcessMemory.TryReadText(ThreadId, address, _path, out length, out _);
        return read ? _path.AsSpan(0, length + 1) : [];
    }

    public bool TryRead(ulong address, Span<byte> buffer) =>
        ProcessMemory.TryRead(ThreadId, address, buffer, out Errno error)
        || (error == Errno.EPERM && TakeIdentity() && ProcessMemory.TryRead(ThreadId, address, buffer, out _));

    public bool TryWrite(ulong address, ReadOnlySpan<byte> bytes) =>
        ProcessMemory.TryWrite(ThreadId, address, bytes, out Errno error)
        || (error == Errno.EPERM && TakeIdentity() && ProcessMemory.TryWrite(ThreadId, address, bytes, out _));

    /// <summary>Writes a result into the caller's memory and ends the call with a value.</summary>
    public void ReturnBytes(ulong address, ReadOnlySpan<byte> bytes, long value)
    {
        if (!TryWrite(address, bytes))
            Fail(Errno.EFAULT);
        else
            listener.Return(_call, value);
    }

    /// <summary>Does something as the file system would see the caller do it.</summary>
    public T AsUser<T>(Func<T> work) =>
        Status is { } status ? identity.AsFileUser(status, work) : throw new ErrnoException("open", Errno.ESRCH, "/proc/PID/status");

    /// <summary>A path below `/proc`, with a NUL: `PID/rest`.</summary>
    public byte[] OwnPath(string rest) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{ThreadId}/{rest}\0"));

    private bool TakeIdentity()
    {
        if (Status is not { } status)
            return false;
        identity.TakeReal(status);
        return true;
    }
}
