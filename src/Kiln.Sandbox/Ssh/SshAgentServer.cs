// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using Kiln.Linux.Files;

namespace Kiln.Sandbox.Ssh;

/// <summary>
/// The socket by which one step reaches an agent. It hears what a step may ask and nothing else, and it ends with the step: then nobody can sign any more.
/// </summary>
public sealed class SshAgentServer : IDisposable
{
    private const string SocketName = "agent";
    private const int Waiting = 16;

    private readonly SshAgent _agent;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _ended = new();

    private SshAgentServer(SshAgent agent, Socket listener, string path) => (_agent, _listener, Path) = (agent, listener, path);

    /// <summary>The socket's path in the builder's file system.</summary>
    public string Path { get; }

    /// <param name="agent">Who answers; stays the caller's.</param>
    /// <param name="directory">An empty directory for the socket.</param>
    /// <param name="socket">Whose the socket is, and its mode; connecting needs the right to write.</param>
    /// <param name="records">What says so; null where the disk does.</param>
    public static SshAgentServer Start(SshAgent agent, string directory, InodeRecord socket, InodeRecords? records)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            using var handle = DirectoryHandle.Open(directory);
            // unix(7): an address has no room for more than 107 bytes, which the root directory's path alone may have.
            listener.Bind(new UnixDomainSocketEndPoint($"{handle.ProcessPath}/{SocketName}"));
            if (records is null)
                handle.SetOwner("agent"u8, socket.Uid, socket.Gid);
            handle.SetMode("agent"u8, records is null ? socket.Mode : InodeRecord.ModeOnDisk(FileType.Socket, socket.Mode));
            records?.Set(handle.FindStatus("agent"u8)!.Value.Inode, socket);
            listener.Listen(Waiting);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
        var server = new SshAgentServer(agent, listener, System.IO.Path.Combine(directory, SocketName));
        _ = server.AcceptAsync();
        return server;
    }

    public void Dispose()
    {
        _ended.Cancel();
        _listener.Dispose();
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        CancellationToken ended = _ended.Token;
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptAsync(ended), ended);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // the step has ended
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken ended)
    {
        try
        {
            using var connection = new NetworkStream(socket, ownsSocket: true);
            while (await SshAgentMessage.ReceiveAsync(connection, ended) is { } request)
                await SshAgentMessage.SendAsync(connection, SshAgent.IsPermitted(request) ? await _agent.AnswerAsync(request, ended) : [SshAgentMessage.Failure], ended);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or IOException)
        {
            // Whoever asked has gone, or the step has ended.
        }
    }
}
