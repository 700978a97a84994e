// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kiln.Tests.Servers;

/// <summary>
/// An HTTP proxy on loopback that takes every name for this machine: `CONNECT host:port` leads to the port that a function gives. With a password it
/// wants that first. What is not CONNECT it answers itself.
/// </summary>
internal sealed class ConnectProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, int> _portOf;
    private readonly string? _password;
    private readonly Task _accepting;

    /// <param name="portOf">The local port for `host:port`.</param>
    /// <param name="password">`user:password`, or null.</param>
    public ConnectProxy(Func<string, int> portOf, string? password = null)
    {
        (_portOf, _password) = (portOf, password);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>First lines of requests that were let through.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
        }
        await Task.WhenAll(connections);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                while (await ReadHeadAsync(stream) is { } head)
                {
                    if (_password is not null && !head.Contains("Proxy-Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(_password)), StringComparison.OrdinalIgnoreCase))
                    {
                        await WriteAsync(stream, "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n");
                        continue;
                    }
                    string line = head.Split("\r\n")[0];
                    Log.Enqueue(line);
                    if (!line.StartsWith("CONNECT ", StringComparison.Ordinal))
                    {
                        await WriteAsync(stream, "HTTP/1.1 404 Proxy\r\nContent-Length: 0\r\n\r\n");
                        continue;
                    }
                    await TunnelAsync(stream, _portOf(line.Split(' ')[1]));
                    return;
                }
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
            }
        }
    }

    private async Task TunnelAsync(NetworkStream client, int port)
    {
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, port, _stop.Token);
        await WriteAsync(client, "HTTP/1.1 200 Connected\r\n\r\n");
        NetworkStream other = server.GetStream();
        await Task.WhenAny(client.CopyToAsync(other, _stop.Token), other.CopyToAsync(client, _stop.Token));
    }

    private async Task<string?> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
                return null;
            head.Append((char)one[0]);
        }
        return head.ToString();
    }

    private async Task WriteAsync(NetworkStream stream, string text) => await stream.WriteAsync(Encoding.ASCII.GetBytes(text), _stop.Token);
}
