// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Kiln.Linux;
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Supervision;

/// <summary>
/// TCP connections that the supervisor makes for a step, on the step's own sockets and to addresses that it has read once and judged. Landlock forbids the step to make them itself, so nothing
/// hangs on what its threads change meanwhile. Those that take time are waited for beside all other calls: a caller with a signal to handle, or that is gone, is let go.
/// </summary>
internal sealed class StepConnections : IDisposable
{
    private const int MostAtOnce = 512;

    private readonly List<Waiting> _waiting = [];

    /// <summary>What to wait for beside the next call.</summary>
    public IReadOnlyList<SafeFileHandle> Sockets => _waiting.Count == 0 ? [] : [.. _waiting.Select(waiting => waiting.Socket.Handle)];

    /// <summary>Connects where the caller's descriptor is a TCP socket; of all others the kernel has the say.</summary>
    public void Connect(Caller caller, ReadOnlySpan<byte> address)
    {
        if (caller.Status is not { } status)
        {
            caller.Fail(Errno.ESRCH);
            return;
        }
        Errno error = BorrowedSocket.Borrow(caller.ThreadId, status.ProcessId, caller.Call.Number(0), out BorrowedSocket? socket);
        if (socket is null)
        {
            caller.Fail(error);
            return;
        }
        bool isKept = false;
        try
        {
            if (socket.IsTcp && caller.Listener.IsWaiting(caller.Call))
                isKept = Start(caller, socket, address);
            else
                caller.Continue();
        }
        finally
        {
            if (!isKept)
                socket.Dispose();
        }
    }

    /// <summary>Answers those that are decided.</summary>
    public void Settle(SeccompListener listener)
    {
        for (int i = _waiting.Count - 1; i >= 0; i--)
        {
            Waiting waiting = _waiting[i];
            if (listener.IsWaiting(waiting.Call))
            {
                Errno error = waiting.Socket.Connect(waiting.Address);
                if (IsUnderWay(error) && ProcessStatus.Find(waiting.Call.ThreadId) is { HandlesPendingSignal: true })
                    error = Errno.EINTR;
                else if (IsUnderWay(error) && waiting.IsLate)
                    error = Errno.EINPROGRESS; // as SO_SNDTIMEO of socket(7) has it
                else if (IsUnderWay(error))
                    continue;
                Answer(listener, waiting.Call, error);
            }
            waiting.Socket.Dispose();
            _waiting.RemoveAt(i);
        }
    }

    public void Dispose()
    {
        foreach (Waiting waiting in _waiting)
            waiting.Socket.Dispose();
        _waiting.Clear();
    }

    /// <summary>Whether it is still to be waited for.</summary>
    private bool Start(Caller caller, BorrowedSocket socket, ReadOnlySpan<byte> address)
    {
        Errno error = socket.Connect(address);
        if (!IsUnderWay(error) || socket.IsNonBlocking)
        {
            caller.Return(error);
            return false;
        }
        if (_waiting.Count == MostAtOnce)
        {
            caller.Fail(Errno.EAGAIN);
            return false;
        }
        _waiting.Add(new Waiting(caller.Call, socket, address.ToArray(), Stopwatch.GetTimestamp(), socket.SendTimeout));
        return true;
    }

    private static bool IsUnderWay(Errno error) => error is Errno.EINPROGRESS or Errno.EALREADY;

    private static void Answer(SeccompListener listener, in TrappedCall call, Errno error)
    {
        if (error == Errno.None)
            listener.Return(call, 0);
        else
            listener.Fail(call, error);
    }

    private sealed record Waiting(TrappedCall Call, BorrowedSocket Socket, byte[] Address, long Since, TimeSpan? Longest)
    {
        public bool IsLate => Longest is { } longest && Stopwatch.GetElapsedTime(Since) >= longest;
    }
}
