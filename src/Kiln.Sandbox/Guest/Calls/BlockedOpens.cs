// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Kiln.Linux;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;

namespace Kiln.Sandbox.Guest.Calls;

/// <summary>Opens of FIFOs that wait for the other end, fifo(7): each on a thread of its own, so that nobody else waits for it. Those that still wait when the step has ended are let go.</summary>
internal sealed class BlockedOpens : IDisposable
{
    private const int MostAtOnce = 4096;
    private const int Pause = 2; // ms

    private readonly ConcurrentDictionary<Waiting, bool> _waiting = new();

    /// <summary>Answers the call when the other end is there; the place is taken over.</summary>
    public Errno Start(SeccompListener listener, in TrappedCall call, Place fifo, OpenFlags flags)
    {
        if (_waiting.Count >= MostAtOnce)
        {
            fifo.Dispose();
            return Errno.ENOMEM;
        }
        var waiting = new Waiting(listener, call, fifo, flags);
        _waiting[waiting] = true;
        waiting.Thread = new Thread(() => Run(waiting), maxStackSize: 256 * 1024) { IsBackground = true, Name = "fifo" };
        waiting.Thread.Start();
        return Errno.None;
    }

    /// <summary>Lets all go: who has both ends open is the other end of everybody.</summary>
    public void Dispose()
    {
        while (!_waiting.IsEmpty)
        {
            foreach (Waiting waiting in _waiting.Keys)
            {
                waiting.Release();
                waiting.Thread?.Join(Pause);
            }
        }
    }

    private void Run(Waiting waiting)
    {
        try
        {
            waiting.Answer();
        }
        finally
        {
            _waiting.TryRemove(waiting, out _);
            waiting.Close();
        }
    }

    private sealed class Waiting(SeccompListener listener, TrappedCall call, Place fifo, OpenFlags flags)
    {
        private readonly Lock _closing = new();
        private bool _closed;

        public Thread? Thread { get; set; }

        public void Answer()
        {
            Errno error = fifo.Reopen(flags, out Place end);
            using (end)
            {
                if (!listener.IsWaiting(call))
                    return;
                if (error == Errno.None)
                    error = listener.TryReturnDescriptor(call, end, flags.IsCloseOnExecute);
                if (error != Errno.None)
                    listener.Fail(call, error);
            }
        }

        public void Release()
        {
            lock (_closing)
            {
                if (!_closed && fifo.Reopen(OpenFlags.BothEnds, out Place both) == Errno.None)
                    both.Dispose();
            }
        }

        public void Close()
        {
            lock (_closing)
            {
                _closed = true;
                fifo.Dispose();
            }
        }
    }
}
