// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kiln.SystemTests.Registry.Faults;

/// <summary>
/// Stands between a client and a real registry, and lets go wrong what a function says for each request. It has a second port, the object store's,
/// for redirects, and counts what passes.
/// </summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private static readonly string[] HopByHop = ["Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length", "Expect", "Host"];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TcpListener _store = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpMessageInvoker _upstream = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });
    private readonly ConcurrentDictionary<Task, bool> _connections = new();
    private readonly TokenDesk _tokens = new();
    private readonly string _registry;
    private readonly Func<ProxiedRequest, Fault?> _plan;
    private readonly FaultProxyOptions _options;
    private readonly Task _accepting;
    private int _accepted;

    public FaultProxy(string registry, Func<ProxiedRequest, Fault?> plan, FaultProxyOptions? options = null)
    {
        (_registry, _plan, _options) = (registry, plan, options ?? new FaultProxyOptions());
        _listener.Start();
        _store.Start();
        _accepting = Task.WhenAll(AcceptAsync(_listener, atStore: false), AcceptAsync(_store, atStore: true));
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public ProxyCounts Counts { get; } = new();

    public ConcurrentQueue<ProxiedRequest> Requests { get; } = new();

    private string StoreAddress => $"127.0.0.1:{((IPEndPoint)_store.LocalEndpoint).Port}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        await Task.WhenAll(_connections.Keys);
        _listener.Stop();
        _store.Stop();
        _upstream.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener, bool atStore)
    {
        try
        {
            while (true)
            {
                Socket socket = await listener.AcceptSocketAsync(_stop.Token);
                socket.NoDelay = true;
                if (Interlocked.Increment(ref _accepted) <= _options.RefusedConnections)
                {
                    socket.Close(0);
                    continue;
                }
                Task serving = ServeAsync(socket, atStore);
                _connections[serving] = true;
                _ = serving.ContinueWith(done => _connections.TryRemove(done, out _), TaskScheduler.Default);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ServeAsync(Socket socket, bool atStore)
    {
        using var connection = new RawConnection(socket);
        try
        {
            while (await connection.ReadHeadAsync(_stop.Token) is { } head && await AnswerAsync(connection, head with { AtStore = atStore }))
            {
            }
        }
        catch (CutException)
        {
            connection.Reset();
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException or HttpRequestException)
        {
        }
    }

    /// <summary>Answers one request; false where the connection ends with it.</summary>
    private async Task<bool> AnswerAsync(RawConnection connection, ProxiedRequest head)
    {
        ProxiedRequest request = head with { Number = Counts.Begin(head.Kind) };
        Requests.Enqueue(request);
        Fault fault = _plan(request) ?? new Fault();
        var body = new RequestBody(connection, request, fault, _stop.Token);
        if (fault.ExpiresTokens)
            _tokens.ExpireAll();
        if (fault.Delay > TimeSpan.Zero)
            await Task.Delay(fault.Delay, _stop.Token);
        if (!fault.AfterForward)
        {
            if (fault.Resets)
                throw new CutException();
            if (fault.Stalls)
                await Task.Delay(Timeout.Infinite, _stop.Token);
            if (fault.Status is { } status)
                return await RefuseAsync(connection, request, body, status, fault);
            if (body.Length > fault.LargestRequest)
                return await RefuseAsync(connection, request, body, 413, fault);
        }
        if (Local(request) is { } local)
            return await RefuseAsync(connection, request, body, local.Status, new Fault { Body = local.Body, Headers = local.Headers });
        return await ForwardAsync(connection, request, fault, body);
    }

    /// <summary>What the proxy answers itself where nothing goes wrong: challenges, tokens, redirects.</summary>
    private (int Status, string Body, (string, string)[] Headers)? Local(ProxiedRequest request)
    {
        if (request.Kind == RequestKind.Token)
            return (200, _tokens.Give(request), [("Content-Type", "application/json")]);
        // As S3 does: "Only one auth mechanism allowed".
        if (request.AtStore && request.Header("Authorization") is not null)
            return (400, "credentials that are not for the store", []);
        if (_options.RequiresTokens && request.Kind != RequestKind.Object && !_tokens.Admits(request))
            return (401, "", [("WWW-Authenticate", $"Bearer realm=\"http://{Address}/token\",service=\"proxy\"")]);
        if (request.Kind != RequestKind.BlobGet || _options.Redirect == BlobRedirect.Nowhere)
            return null;
        string place = _options.Redirect switch { BlobRedirect.Relative => "", BlobRedirect.Absolute => $"http://{Address}", _ => $"http://{StoreAddress}" };
        return (307, "", [("Location", $"{place}/object{request.Path}?signature=abc")]);
    }

    /// <summary>Answers without asking the registry. A body that the client has not begun to send stays unread.</summary>
    private async Task<bool> RefuseAsync(RawConnection connection, ProxiedRequest request, RequestBody body, int status, Fault fault)
    {
        bool waits = request.Header("Expect") is not null;
        // Proxies read what is still coming, so that the client gets to see the answer.
        if (!waits)
            Counts.AddUp(request.Kind, await DrainAsync(body));
        byte[] content = Encoding.UTF8.GetBytes(fault.Body);
        await WriteHeadAsync(connection, status, fault.Headers, content.Length);
        if (request.Method != "HEAD")
            await connection.SendAsync(content, _stop.Token);
        return body.Ended;
    }

    private async Task<long> DrainAsync(RequestBody body)
    {
        await body.CopyToAsync(Stream.Null, _stop.Token);
        return body.Taken;
    }

    private async Task<bool> ForwardAsync(RawConnection connection, ProxiedRequest request, Fault fault, RequestBody body)
    {
        if (request.Header("Expect") is not null)
            await connection.SendAsync("HTTP/1.1 100 Continue\r\n\r\n", _stop.Token);
        HttpResponseMessage answer;
        try
        {
            using HttpRequestMessage forwarded = Upstream(request, fault, body);
            answer = await _upstream.SendAsync(forwarded, _stop.Token);
        }
        // The reason is hidden in what the client of the upstream throws.
        catch (HttpRequestException e) when (e.GetBaseException() is CutException)
        {
            throw new CutException();
        }
        finally
        {
            Counts.AddUp(request.Kind, body.Taken);
        }
        using (answer)
        {
            if (fault.AfterForward && fault.Status is { } status)
                return await RefuseAsync(connection, request, body, status, fault);
            if (fault.AfterForward && fault.Resets)
                throw new CutException();
            if (fault.AfterForward && fault.Stalls)
                await Task.Delay(Timeout.Infinite, _stop.Token);
            return await WriteAnswerAsync(connection, request, fault, answer) && body.Ended;
        }
    }

    private HttpRequestMessage Upstream(ProxiedRequest request, Fault fault, RequestBody body)
    {
        string target = request.Kind == RequestKind.Object ? request.Target["/object".Length..] : request.Target;
        var message = new HttpRequestMessage(new HttpMethod(request.Method), $"http://{_registry}{fault.Rewrite?.Invoke(target) ?? target}");
        if (request.Method is "POST" or "PUT" or "PATCH")
        {
            message.Content = new StreamContent(body);
            message.Content.Headers.ContentLength = body.Length;
        }
        // The registry writes its addresses with the name that it was asked by.
        message.Headers.Host = Address;
        foreach ((string name, string value) in request.Headers)
            if (!HopByHop.Contains(name, StringComparer.OrdinalIgnoreCase) && !name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)
                && !fault.DroppedRequestHeaders.Contains(name, StringComparer.OrdinalIgnoreCase)
                && !message.Headers.TryAddWithoutValidation(name, value))
                message.Content?.Headers.TryAddWithoutValidation(name, value);
        return message;
    }

    private async Task<bool> WriteAnswerAsync(RawConnection connection, ProxiedRequest request, Fault fault, HttpResponseMessage answer)
    {
        var headers = answer.Headers.Concat(answer.Content.Headers).Select(header => (header.Key, Value: string.Join(", ", header.Value)))
            .Where(header => !HopByHop.Contains(header.Key, StringComparer.OrdinalIgnoreCase)
                && !fault.DroppedHeaders.Contains(header.Key, StringComparer.OrdinalIgnoreCase)
                && !fault.Headers.Any(other => other.Name.Equals(header.Key, StringComparison.OrdinalIgnoreCase)))
            .Select(header => _options.RelativeLocations && header.Key == "Location" ? (header.Key, new Uri(header.Value).PathAndQuery) : header)
            .Concat(fault.Headers);
        bool hasBody = request.Method != "HEAD" && answer.StatusCode is not (HttpStatusCode.NoContent or HttpStatusCode.NotModified);
        if (hasBody && answer.Content.Headers.ContentLength is null)
            await answer.Content.LoadIntoBufferAsync(_stop.Token);
        long length = Math.Min(answer.Content.Headers.ContentLength ?? 0, fault.ShortenAnswerTo ?? long.MaxValue);
        await WriteHeadAsync(connection, (int)answer.StatusCode, headers, length + fault.LengthLie);
        if (hasBody)
            await WriteBodyAsync(connection, request.Kind, fault, await answer.Content.ReadAsStreamAsync(_stop.Token), length);
        return fault.LengthLie == 0;
    }

    private async Task WriteBodyAsync(RawConnection connection, RequestKind kind, Fault fault, Stream body, long length)
    {
        byte[] buffer = new byte[64 << 10];
        long sent = 0;
        while (true)
        {
            if (sent >= fault.CutAnswerAfter)
                throw new CutException();
            if (sent >= fault.StallAnswerAfter)
                await Task.Delay(Timeout.Infinite, _stop.Token);
            long until = Math.Min(length, Math.Min(fault.CutAnswerAfter ?? long.MaxValue, fault.StallAnswerAfter ?? long.MaxValue));
            int read = sent == length ? 0 : await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, until - sent)), _stop.Token);
            if (read == 0)
                return;
            if (fault.CorruptAnswerAt is { } at && at >= sent && at < sent + read)
                buffer[at - sent] ^= 0x40;
            await connection.SendAsync(buffer.AsMemory(0, read), _stop.Token);
            sent += read;
            Counts.AddDown(kind, read);
        }
    }

    private Task WriteHeadAsync(RawConnection connection, int status, IEnumerable<(string Name, string Value)> headers, long length)
    {
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} {(HttpStatusCode)status}\r\n");
        if (status != 204)
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {length}\r\n");
        foreach ((string name, string value) in headers)
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        return connection.SendAsync(head.Append("\r\n").ToString(), _stop.Token);
    }
}
