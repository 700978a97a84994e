// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Kiln.SystemTests.Registry.Faults;

/// <summary>One client's connection, byte by byte: HTTP/1.1 is read and written by hand, so that every promise of it can be broken.</summary>
internal sealed class RawConnection(Socket socket) : IDisposable
{
    private readonly byte[] _buffer = new byte[64 << 10];
    private int _start, _end;

    /// <summary>The next request's head; null where the client is gone, or speaks TLS, which a plain registry answers by 400.</summary>
    public async Task<ProxiedRequest?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        if (_start == _end && !await FillAsync(cancellationToken))
            return null;
        if (_buffer[_start] == 22)
        {
            await SendAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", cancellationToken);
            return null;
        }
        if (await ReadLineAsync(cancellationToken) is not { } first)
            return null;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await ReadLineAsync(cancellationToken) is { Length: > 0 } line)
        {
            string[] pair = line.Split(':', 2);
            headers[pair[0]] = pair[1].Trim();
        }
        string[] start = first.Split(' ');
        return new ProxiedRequest(start[0], start[1], headers);
    }

    public async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (_start < _end || await FillAsync(cancellationToken))
        {
            char c = (char)_buffer[_start++];
            if (c == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append(c);
        }
        return null;
    }

    /// <summary>0 where the client has ended.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        if (_start == _end && !await FillAsync(cancellationToken))
            return 0;
        int read = Math.Min(target.Length, _end - _start);
        _buffer.AsMemory(_start, read).CopyTo(target);
        _start += read;
        return read;
    }

    public Task SendAsync(string text, CancellationToken cancellationToken) => SendAsync(Encoding.Latin1.GetBytes(text), cancellationToken);

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, cancellationToken)..];
    }

    /// <summary>Ends the connection as a broken one ends: by RST.</summary>
    public void Reset() => socket.Close(0);

    public void Dispose() => socket.Dispose();

    internal static long ParseSize(string line) => long.Parse(line.Split(';')[0].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        _start = 0;
        _end = await socket.ReceiveAsync(_buffer, cancellationToken);
        return _end > 0;
    }
}
