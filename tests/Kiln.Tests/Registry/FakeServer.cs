// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kiln.Tests.Registry;

/// <summary>
/// An HTTP/1.1 server on loopback that answers as a function says, one request a connection. It speaks over a plain socket, so that it
/// can break every promise that HTTP makes.
/// </summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<FakeRequest, FakeResponse> _answer;
    private readonly Task _accepting;

    public FakeServer(Func<FakeRequest, FakeResponse> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public ConcurrentQueue<FakeRequest> Requests { get; } = new();

    public IEnumerable<string> Log => Requests.Select(request => request.ToString());

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
                connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
        }
        await Task.WhenAll(connections);
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                if (await ReadAsync(socket) is { } request)
                {
                    Requests.Enqueue(request);
                    await WriteAsync(socket, request, _answer(request));
                }
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
            }
        }
    }

    private async Task<FakeRequest?> ReadAsync(Socket socket)
    {
        var received = new List<byte>();
        byte[] buffer = new byte[64 << 10];
        int headEnd;
        while ((headEnd = Encoding.Latin1.GetString([.. received]).IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
        {
            int read = await socket.ReceiveAsync(buffer, _stop.Token);
            // A TLS handshake starts with 22: this server is none for it, as a plain registry is not.
            if (read == 0 || (received.Count == 0 && buffer[0] == 22))
            {
                await socket.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), _stop.Token);
                return null;
            }
            received.AddRange(buffer.AsSpan(0, read));
        }
        string[] lines = Encoding.Latin1.GetString([.. received], 0, headEnd).Split("\r\n");
        Dictionary<string, string> headers = lines.Skip(1).Select(line => line.Split(": ", 2))
            .ToDictionary(pair => pair[0].ToLowerInvariant(), pair => pair[1]);
        string[] start = lines[0].Split(' ');
        if (headers.ContainsKey("expect"))
            await socket.SendAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), _stop.Token);
        if (headers.GetValueOrDefault("transfer-encoding") == "chunked")
            return await ReadChunksAsync(socket, received, headEnd + 4) is { } body ? new FakeRequest(start[0], start[1], headers, body) : null;
        int length = int.Parse(headers.GetValueOrDefault("content-length", "0"), CultureInfo.InvariantCulture);
        while (received.Count < headEnd + 4 + length)
        {
            int read = await socket.ReceiveAsync(buffer, _stop.Token);
            if (read == 0)
                return null;
            received.AddRange(buffer.AsSpan(0, read));
        }
        return new FakeRequest(start[0], start[1], headers, [.. received.Skip(headEnd + 4)]);
    }

    /// <summary>RFC 9112, 7.1: a line with the size in hexadecimal, so many bytes and a line's end, until a size of 0. Null where the client went away.</summary>
    private async Task<byte[]?> ReadChunksAsync(Socket socket, List<byte> received, int at)
    {
        var body = new List<byte>();
        byte[] buffer = new byte[64 << 10];
        while (true)
        {
            int lineEnd = received.IndexOf((byte)'\n', at);
            int size = lineEnd < 0 ? 0 : int.Parse(Encoding.ASCII.GetString([.. received[at..lineEnd]]).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            int next = lineEnd + 1 + size + 2;
            if (lineEnd >= 0 && received.Count >= next)
            {
                body.AddRange(received[(lineEnd + 1)..(next - 2)]);
                if (size == 0)
                    return [.. body];
                at = next;
                continue;
            }
            int read = await socket.ReceiveAsync(buffer, _stop.Token);
            if (read == 0)
                return null;
            received.AddRange(buffer.AsSpan(0, read));
        }
    }

    private async Task WriteAsync(Socket socket, FakeRequest request, FakeResponse response)
    {
        if (response == FakeResponse.Reset)
        {
            socket.Close(0);
            return;
        }
        var head = new StringBuilder($"HTTP/1.1 {response.Status} X\r\nConnection: close\r\n");
        head.Append(CultureInfo.InvariantCulture, $"Content-Length: {response.ClaimedLength ?? response.Body.Length}\r\n");
        foreach ((string name, string value) in response.Headers)
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        await socket.SendAsync(Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), _stop.Token);

        if (request.Method != "HEAD")
            await socket.SendAsync(response.Body.AsMemory(0, response.CutAfter ?? response.StallAfter ?? response.Body.Length), _stop.Token);
        if (response.StallAfter is not null)
            await Task.Delay(Timeout.Infinite, _stop.Token);
        if (response.CutAfter is not null)
            socket.Close(0);
    }
}
