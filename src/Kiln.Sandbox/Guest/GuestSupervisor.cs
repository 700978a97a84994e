// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using Kiln.Linux;
using Kiln.Linux.Credentials;
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Guest;

/// <summary>
/// The threads that answer a supervised step's calls until no process of the step is left. They are two, where there is more than one processor: caller and answerer change places on one processor, and a call that comes
/// while the first thread is busy on another needs a second one there. More would be woken for nothing. What may take long (the other end of a FIFO, a connection, the start of a program) is on threads of its own. They have no
/// capabilities, even where the builder has some: what the tree shuts is shut to them.
/// </summary>
internal sealed class GuestSupervisor : IDisposable
{
    private readonly DescriptorSocket _socket = DescriptorSocket.Create();
    private readonly Pipe _end = Pipe.Create();
    private Thread? _thread;
    private Thread? _second;
    private SeccompListener? _listener;
    private Exception? _failure;
    private Action? _kill;

    /// <summary>By which the second stage sends its listener. It is the second stage's once that has been started.</summary>
    public SafeFileHandle Socket => _socket.Sender;

    /// <summary>Starts answering. The second stage must have been started: with it the last sender of a listener ends.</summary>
    /// <param name="answers">Knows what to answer.</param>
    /// <param name="kill">Ends the step, which must not go on after a fault of ours. Calls are answered until its processes are gone.</param>
    public void Serve(GuestAnswers answers, Action kill)
    {
        _kill = kill;
        _socket.Sender.Dispose();
        _thread = Start(() => Receive(answers));
    }

    /// <summary>Waits until it answers no more; the step must have ended. Others may still hold the listener until this is disposed. A fault of ours that broke it off is thrown here.</summary>
    public void End()
    {
        _end.Writer.Dispose();
        _thread?.Join();
        _second?.Join();
        if (_failure is not null)
            throw new InvalidOperationException($"the supervisor failed: {_failure.Message}", _failure);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _end.Dispose();
        _listener?.Dispose();
    }

    private static Thread Start(Action run)
    {
        var thread = new Thread(() => run()) { IsBackground = true, Name = "supervisor" };
        thread.Start();
        return thread;
    }

    private void Receive(GuestAnswers answers)
    {
        if (DescriptorSocket.Receive(_socket.Receiver) is not { } handle)
            return; // the second stage has ended before it came to that
        SeccompListener listener = _listener = new SeccompListener(handle);
        // An older kernel tells all that wait of each call, and who comes too late waits for the next one, which there may not be.
        if (Environment.ProcessorCount > 1 && SeccompListener.EndsReceiving)
            _second = Start(() => Run(answers, listener));
        Run(answers, listener);
    }

    [SuppressMessage("Design", "CA1031", Justification = "What went wrong is kept, and thrown where the step is waited for.")]
    private void Run(GuestAnswers answers, SeccompListener listener)
    {
        try
        {
            Credential.SetCapabilities([]);
            using GuestCall call = answers.NewCall(listener);
            while (true)
            {
                // To wait in the receiving call itself is cheaper, where that is told of the end.
                if (SeccompListener.EndsReceiving && listener.TryReceive(out TrappedCall trapped))
                    Answer(answers, call, trapped);
                else if (listener.Wait(_end.Reader, []) is not { } called)
                    break;
                else if (!SeccompListener.EndsReceiving && called && listener.TryReceive(out trapped))
                    Answer(answers, call, trapped);
            }
        }
        catch (Exception e)
        {
            Break(e);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "As above.")]
    private void Answer(GuestAnswers answers, GuestCall call, in TrappedCall trapped)
    {
        try
        {
            answers.Answer(call, trapped);
        }
        catch (Exception e)
        {
            Break(e);
            call.Caller.Fail(Errno.EIO);
        }
    }

    private void Break(Exception e)
    {
        Interlocked.CompareExchange(ref _failure, e, null);
        _kill!();
    }
}
