// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Kiln.Linux;
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Sockets;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.Identity;
using Kiln.Sandbox.Supervision;
using Kiln.SystemTests.Registry;
using Microsoft.Win32.SafeHandles;

namespace Kiln.SystemTests.Sandbox.Guest;

/// <summary>A program under a filter that it puts on itself, whose trapped calls <see cref="CredentialCalls"/> answers.</summary>
internal sealed class TrappedRun : IDisposable, IGuestStates
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Pipe _end = Pipe.Create();
    private readonly List<GuestCredentials> _credentials = [GuestCredentials.Root];
    private readonly string _filter;
    private readonly string _address;

    private TrappedRun(string directory)
    {
        (_filter, _address) = ($"{directory}/filter", $"{directory}/socket");
        _socket.Bind(new UnixDomainSocketEndPoint(_address));
        _socket.Listen();
    }

    public static TrappedRun Create(string directory, ImmutableArray<FilterRule> rules)
    {
        var run = new TrappedRun(directory);
        File.WriteAllBytes(run._filter, MemoryMarshal.AsBytes(SeccompProgram.Assemble(rules, SystemCallNumbers.Own).Instructions.AsSpan()));
        return run;
    }

    /// <summary>What the program prints.</summary>
    public async Task<string> RunAsync(string[] command, CancellationToken cancellationToken)
    {
        Task serving = Task.Run(Serve, cancellationToken);
        string output = await Programs.RunAsync([.. command, _filter, _address], cancellationToken);
        await serving;
        return output;
    }

    public GuestCredentials CredentialsOf(Caller caller) => _credentials[InheritedNumber.Find(caller.ThreadId) ?? 0];

    public GuestCredentials? CredentialsOf(int processId) => Directory.Exists($"/proc/{processId}") ? _credentials[InheritedNumber.Find(processId) ?? 0] : null;

    public Errno Change(Caller caller, GuestCredentials credentials)
    {
        int number = _credentials.IndexOf(credentials);
        if (number < 0)
        {
            number = _credentials.Count;
            _credentials.Add(credentials);
        }
        return InheritedNumber.Set(caller.ThreadId, number);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _end.Dispose();
    }

    private void Serve()
    {
        using Socket connection = _socket.Accept();
        using var sender = new SafeFileHandle(connection.Handle, ownsHandle: false);
        using var listener = new SeccompListener(DescriptorSocket.Receive(sender)!);
        var caller = new Caller(listener, new BorrowedIdentity());
        var calls = new CredentialCalls(this);
        while (listener.Wait(_end.Reader, []) is { } called)
        {
            if (!called || !listener.TryReceive(out TrappedCall call))
                continue;
            caller.Begin(call);
            calls.Answer(caller);
        }
    }
}
