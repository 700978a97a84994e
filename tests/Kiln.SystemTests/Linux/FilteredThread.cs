// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Kiln.SystemTests.Linux;

/// <summary>A thread under a filter, which is its alone, and the answering end in the test's hands. It ends with what it does.</summary>
internal sealed class FilteredThread<T> : IDisposable
{
    private readonly DescriptorSocket _socket = DescriptorSocket.Create();
    private readonly TaskCompletionSource<T> _result = new();

    public FilteredThread(FilterRule[] rules, Func<T> work)
    {
        var thread = new Thread(() =>
        {
            try
            {
                SeccompFilter.RenouncePrivilege();
                using (SafeFileHandle listener = SeccompFilter.InstallWithListener(SeccompProgram.Assemble(rules, SystemCallNumbers.Own)))
                    DescriptorSocket.Send(_socket.Sender, listener);
                _result.SetResult(work());
            }
            catch (Exception e)
            {
                _result.SetException(e);
            }
        }) { IsBackground = true };
        thread.Start();
        Listener = new SeccompListener(DescriptorSocket.Receive(_socket.Receiver)!);
    }

    public SeccompListener Listener { get; }

    public Task<T> Result => _result.Task;

    /// <summary>The next call of the thread's.</summary>
    public TrappedCall Receive()
    {
        TrappedCall call;
        do
            Descriptor.PollReadable([Listener.Handle], wait: true);
        while (!Listener.TryReceive(out call));
        return call;
    }

    public void Dispose()
    {
        Listener.Dispose();
        _socket.Dispose();
    }
}
