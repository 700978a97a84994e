// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Kiln.Linux;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Tracing;
using Kiln.Sandbox.Guest.Shortcuts;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Guest.Programs;

/// <summary>
/// What cannot be done by answering a system call and needs the caller itself: executing a program, and handing over a descriptor. A few threads of its own do it, for who traces a thread is a
/// thread; a caller is traced no longer than that takes.
/// </summary>
internal sealed class ProgramStarter : IDisposable
{
    private const int Tracers = 4;

    private readonly BlockingCollection<ICallerTask> _tasks = [];
    private readonly ExpectedCalls _expected = new();
    private readonly BorrowedDescriptors _borrowed = new();
    private readonly List<Thread> _threads = [];
    private readonly GuestShortcuts? _shortcuts;
    private Exception? _failure;

    /// <param name="shortcuts">What programs may do themselves; null where that is nothing.</param>
    public ProgramStarter(GuestShortcuts? shortcuts)
    {
        _shortcuts = shortcuts;
        for (int i = 0; i < Tracers; i++)
        {
            var thread = new Thread(Run) { IsBackground = true, Name = "tracer" };
            _threads.Add(thread);
            thread.Start();
        }
    }

    /// <summary>A fault of ours that a caller was killed for.</summary>
    public Exception? Failure => _failure;

    /// <summary>Has a caller of execve or execveat execute what was planned. The call is answered and the plan ended here, later.</summary>
    public void Start(SeccompListener listener, in TrappedCall call, ProgramPlan plan) => _tasks.Add(new Execution(listener, call, plan, _expected, _shortcuts));

    /// <summary>Whether a call is one that we had its caller make: it is to be continued.</summary>
    public bool IsExpected(in TrappedCall call) => _expected.Contains(call);

    /// <summary>Has a caller hand over what it has under a number. It then makes its call again, and <see cref="TryTakeBorrowed"/> has the answer.</summary>
    public void Borrow(SeccompListener listener, in TrappedCall call, int number) => _tasks.Add(new DescriptorLoan(listener, call, number, _expected, _borrowed));

    /// <summary>Has a caller shut the way of shortcuts for itself. It then makes its call again.</summary>
    /// <param name="listener">Where the call waits.</param>
    /// <param name="call">The call.</param>
    /// <param name="done">Called with the process's number, and whether that was done, before the call is made again.</param>
    public void EndShortcuts(SeccompListener listener, in TrappedCall call, Action<int, bool> done) => _tasks.Add(new ShortcutEnd(listener, call, _expected, done));

    /// <summary>Gives a caller a descriptor that is open as a place only, as its call's result. The call is answered, and the descriptor taken over.</summary>
    public void Give(SeccompListener listener, in TrappedCall call, SafeFileHandle descriptor, bool closeOnExecute) =>
        _tasks.Add(new DescriptorGift(listener, call, descriptor, closeOnExecute, _expected));

    /// <summary>Whether something was borrowed for this call; null where its caller has nothing under the number.</summary>
    public bool TryTakeBorrowed(in TrappedCall call, out SafeFileHandle? descriptor) => _borrowed.TryTake(call.ThreadId, out descriptor);

    /// <summary>Waits for what has begun: the guest must have ended, and its listener not.</summary>
    public void Dispose()
    {
        _tasks.CompleteAdding();
        foreach (Thread thread in _threads)
            thread.Join();
        _borrowed.Dispose();
        _tasks.Dispose();
    }

    [SuppressMessage("Design", "CA1031", Justification = "What went wrong is kept, and the caller does not wait for ever.")]
    private void Run()
    {
        foreach (ICallerTask task in _tasks.GetConsumingEnumerable())
        {
            using (task)
            {
                try
                {
                    Trace(task);
                }
                catch (Exception e)
                {
                    Interlocked.CompareExchange(ref _failure, e, null);
                }
            }
        }
    }

    /// <summary>However it ends, the thread is neither traced nor waiting then.</summary>
    private static void Trace(ICallerTask task)
    {
        TrappedCall call = task.Call;
        Errno error = TracedThread.Seize(call.ThreadId, out TracedThread? thread);
        if (thread is null)
        {
            // Also EPERM may mean that it is ending; then there is nobody to be told.
            task.Listener.Fail(call, error == Errno.ESRCH ? Errno.EPERM : error);
            return;
        }
        try
        {
            task.Work(thread);
        }
        catch (ErrnoException e) when (e.Error == Errno.ESRCH)
        {
            thread.WaitForEnd();
        }
        catch (ErrnoException)
        {
            // The guest has changed under our hands what nobody but a second thread of its own could.
            thread.Kill();
        }
        catch
        {
            thread.Kill();
            throw;
        }
    }
}
