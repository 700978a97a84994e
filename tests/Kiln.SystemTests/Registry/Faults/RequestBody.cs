// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.Oci;

namespace Kiln.SystemTests.Registry.Faults;

/// <summary>A request's body with what goes wrong on its way. It ends where the body ends, and throws where the fault or the client ends it.</summary>
internal sealed class RequestBody : ReadOnlyStream
{
    private readonly RawConnection _connection;
    private readonly Fault _fault;
    private readonly bool _chunked;
    private readonly CancellationToken _stop;
    private long _left;
    private bool _ended;

    public RequestBody(RawConnection connection, ProxiedRequest request, Fault fault, CancellationToken stop)
    {
        (_connection, _fault, _stop) = (connection, fault, stop);
        _chunked = string.Equals(request.Header("Transfer-Encoding"), "chunked", StringComparison.OrdinalIgnoreCase);
        Length = _chunked ? null : long.Parse(request.Header("Content-Length") ?? "0", CultureInfo.InvariantCulture);
        _left = Length ?? 0;
        _ended = Length == 0;
    }

    /// <summary>Null where the client does not say.</summary>
    public new long? Length { get; }

    public long Taken { get; private set; }

    /// <summary>Whether the client's next bytes are another request's.</summary>
    public bool Ended => _ended;

    public override int Read(Span<byte> buffer) => throw new NotSupportedException();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ended || buffer.IsEmpty)
            return 0;
        if (Taken >= _fault.CutRequestAfter)
            throw new CutException();
        if (Taken >= _fault.StallRequestAfter)
            await Task.Delay(Timeout.Infinite, _stop);
        if (_left == 0 && _chunked)
        {
            _left = RawConnection.ParseSize(await _connection.ReadLineAsync(cancellationToken) ?? throw new IOException("the client went away"));
            if (_left == 0)
            {
                await _connection.ReadLineAsync(cancellationToken);
                _ended = true;
                return 0;
            }
        }
        long until = Math.Min(_fault.CutRequestAfter ?? long.MaxValue, _fault.StallRequestAfter ?? long.MaxValue);
        int read = await _connection.ReadAsync(buffer[..(int)Math.Min(buffer.Length, Math.Min(_left, until - Taken))], cancellationToken);
        if (read == 0)
            throw new IOException("the client went away");
        if (_fault.CorruptRequestAt is { } at && at >= Taken && at < Taken + read)
            buffer.Span[(int)(at - Taken)] ^= 0x40;
        Taken += read;
        _left -= read;
        if (_left == 0 && _chunked)
            await _connection.ReadLineAsync(cancellationToken);
        _ended = _left == 0 && !_chunked;
        return read;
    }
}
