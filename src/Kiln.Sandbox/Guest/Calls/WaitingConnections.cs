// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Kiln.Linux;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Sockets;

namespace Kiln.Sandbox.Guest.Calls;

/// <summary>
/// Connections that the supervisor makes on a step's own sockets. One that takes time is waited for on a thread of its own kind, beside all other calls; its caller is let go when it is decided or the caller is gone.
/// </summary>
internal sealed class WaitingConnections : IDisposable
{
    private const int MostAtOnce = 512;
    private const int Moment = 20; // ms, after which the callers are looked at again

    private readonly Lock _changing = new();
    private readonly List<Waiting> _waiting = [];
    private Thread? _thread;
    private bool _ended;

    /// <summary>Connects. True where it is still to be waited for, and the socket is kept here.</summary>
    public bool Start(GuestCall call, BorrowedSocket socket, ReadOnlySpan<byte> address)
    {
        bool isUnix = socket.IsUnix;
        Errno error = call.IsWaiting ? socket.Connect(address) : Errno.ESRCH;
        if (!IsUnderWay(error, isUnix) || socket.IsNonBlocking)
        {
            call.Caller.Return(error);
            return false;
        }
        lock (_changing)
        {
            if (_ended || _waiting.Count == MostAtOnce)
            {
                call.Caller.Fail(Errno.EAGAIN);
                return false;
            }
            _waiting.Add(new Waiting(call.Caller.Listener, call.Arguments, socket, address.ToArray(), isUnix, Stopwatch.GetTimestamp(), socket.SendTimeout));
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "connections" };
                _thread.Start();
            }
        }
        return true;
    }

    /// <summary>Lets all go; the step has ended.</summary>
    public void Dispose()
    {
        Thread? thread;
        lock (_changing)
            (_ended, thread) = (true, _thread);
        thread?.Join();
        foreach (Waiting waiting in _waiting)
            waiting.Socket.Dispose();
    }

    /// <summary>Also a socket of a path is not there at once, where its server has as many waiting as it wants.</summary>
    private static bool IsUnderWay(Errno error, bool isUnix) => error is Errno.EINPROGRESS or Errno.EALREADY || (isUnix && error == Errno.EAGAIN);

    private void Run()
    {
        while (true)
        {
            List<Waiting> now;
            lock (_changing)
            {
                if (_ended || _waiting.Count == 0)
                {
                    _thread = null;
                    return;
                }
                now = [.. _waiting];
            }
            BorrowedSocket.WaitForAny([.. now.Where(waiting => !waiting.IsUnix).Select(waiting => waiting.Socket)], Moment);
            foreach (Waiting waiting in now.Where(IsSettled))
            {
                lock (_changing)
                    _waiting.Remove(waiting);
                waiting.Socket.Dispose();
            }
        }
    }

    private static bool IsSettled(Waiting waiting)
    {
        if (!waiting.Listener.IsWaiting(waiting.Call))
            return true;
        Errno error = waiting.Socket.Connect(waiting.Address);
        if (IsUnderWay(error, waiting.IsUnix))
        {
            if (!waiting.IsLate)
                return false;
            error = waiting.IsUnix ? Errno.EAGAIN : Errno.EINPROGRESS; // as SO_SNDTIMEO of socket(7) has it
        }
        if (error == Errno.None)
            waiting.Listener.Return(waiting.Call, 0);
        else
            waiting.Listener.Fail(waiting.Call, error);
        return true;
    }

    private sealed record Waiting(SeccompListener Listener, TrappedCall Call, BorrowedSocket Socket, byte[] Address, bool IsUnix, long Since, TimeSpan? Longest)
    {
        public bool IsLate => Longest is { } longest && Stopwatch.GetElapsedTime(Since) >= longest;
    }
}
