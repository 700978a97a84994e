// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Sockets;
using Kiln.Linux.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Supervision;

/// <summary>
/// The thread that answers a step's trapped system calls, one after the other, from when the second stage has sent the listener until the step has ended.
/// </summary>
internal sealed class Supervisor : IDisposable
{
    private readonly DescriptorSocket _socket = DescriptorSocket.Create();
    private readonly Pipe _end = Pipe.Create();
    private Thread? _thread;
    private Exception? _failure;

    /// <summary>By which the second stage sends its listener. It is the second stage's once that has been started.</summary>
    public SafeFileHandle Socket => _socket.Sender;

    /// <summary>Whether a listener came. Known once <see cref="End"/> has returned.</summary>
    public bool HasServed { get; private set; }

    /// <summary>Starts answering. The second stage must have been started: with it the last sender of a listener ends.</summary>
    public void Serve(Action<Caller> answer, StepConnections? connections = null)
    {
        _socket.Sender.Dispose();
        _thread = new Thread(() => Run(answer, connections ?? new StepConnections())) { IsBackground = true, Name = "supervisor" };
        _thread.Start();
    }

    /// <summary>Waits until it answers no more; the step must have ended. A fault of ours that broke it off is thrown here.</summary>
    public void End()
    {
        _end.Writer.Dispose();
        _thread?.Join();
        if (_failure is not null)
            throw new InvalidOperationException($"the supervisor failed: {_failure.Message}", _failure);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _end.Dispose();
    }

    private void Run(Action<Caller> answer, StepConnections connections)
    {
        try
        {
            if (DescriptorSocket.Receive(_socket.Receiver) is not { } handle)
                return; // the second stage has ended before it came to that
            using var listener = new SeccompListener(handle);
            HasServed = true;
            var caller = new Caller(listener, new BorrowedIdentity());
            using (connections)
            {
                while (listener.Wait(_end.Reader, connections.Sockets) is { } called)
                {
                    if (called && listener.TryReceive(out TrappedCall call))
                        Answer(caller, call, answer);
                    connections.Settle(listener);
                }
            }
        }
        catch (Exception e)
        {
            // With the listener closed every trapped call fails with ENOSYS, so the step does not hang.
            _failure = e;
        }
    }

    private static void Answer(Caller caller, in TrappedCall call, Action<Caller> answer)
    {
        caller.Begin(call);
        try
        {
            answer(caller);
        }
        catch (ErrnoException e)
        {
            // The step has changed something under our hands, or the caller is gone. What could not be judged is not left to the kernel.
            caller.Fail(e.Error);
        }
    }
}
