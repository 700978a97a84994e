// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using Kiln.Linux.Credentials;
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Guest;

/// <summary>
/// The threads that answer a supervised step's calls, each one after the other, until no process of the step is left. They have no capabilities, even where the builder has some: what the tree shuts is shut to them.
/// </summary>
internal sealed class GuestSupervisor : IDisposable
{
    private const int Threads = 3;

    private readonly DescriptorSocket _socket = DescriptorSocket.Create();
    private readonly Pipe _end = Pipe.Create();
    private readonly List<Thread> _threads = [];
    private SeccompListener? _listener;
    private Exception? _failure;

    /// <summary>By which the second stage sends its listener. It is the second stage's once that has been started.</summary>
    public SafeFileHandle Socket => _socket.Sender;

    /// <summary>Starts answering. The second stage must have been started: with it the last sender of a listener ends.</summary>
    public void Serve(GuestAnswers answers)
    {
        _socket.Sender.Dispose();
        var thread = new Thread(() => Receive(answers)) { IsBackground = true, Name = "supervisor" };
        _threads.Add(thread);
        thread.Start();
    }

    /// <summary>Waits until it answers no more; the step must have ended. Others may still hold the listener until this is disposed. A fault of ours that broke it off is thrown here.</summary>
    public void End()
    {
        _end.Writer.Dispose();
        for (int i = 0; i < _threads.Count; i++)
            _threads[i].Join();
        if (_failure is not null)
            throw new InvalidOperationException($"the supervisor failed: {_failure.Message}", _failure);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _end.Dispose();
        _listener?.Dispose();
    }

    private void Receive(GuestAnswers answers)
    {
        if (DescriptorSocket.Receive(_socket.Receiver) is not { } handle)
            return; // the second stage has ended before it came to that
        _listener = new SeccompListener(handle);
        var others = new List<Thread>();
        for (int i = 1; i < Threads; i++)
            others.Add(new Thread(() => Run(answers)) { IsBackground = true, Name = "supervisor" });
        foreach (Thread other in others)
            other.Start();
        Run(answers);
        foreach (Thread other in others)
            other.Join();
    }

    [SuppressMessage("Design", "CA1031", Justification = "What went wrong is kept, and thrown where the step is waited for.")]
    private void Run(GuestAnswers answers)
    {
        SeccompListener listener = _listener!;
        try
        {
            Credential.SetCapabilities([]);
            GuestCall call = answers.NewCall(listener);
            while (listener.Receive(out TrappedCall trapped) is { } called)
                if (called)
                    answers.Answer(call, trapped);
        }
        catch (Exception e)
        {
            // With nobody to answer, the step must not wait.
            Interlocked.CompareExchange(ref _failure, e, null);
            _end.Writer.Dispose();
        }
    }
}
