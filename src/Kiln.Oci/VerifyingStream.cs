// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Kiln.Diagnostics;

namespace Kiln.Oci;

/// <summary>
/// Reads a blob and holds it against its descriptor. A reader that sees the end has the right bytes: a wrong digest or a short blob
/// throws in place of the end, and a long one as soon as it is too long. Closes what it reads from.
/// </summary>
public sealed class VerifyingStream(Stream source, Descriptor expected, string origin) : ReadOnlyStream
{
    private readonly IncrementalHash _hash = expected.Digest.StartHash();
    private long _size;
    private bool _verified;

    /// <summary>Told of every piece that was read, how many bytes it has.</summary>
    public Action<int>? Progress { get; set; }

    /// <summary>Told that the bytes are wrong, before the reader is.</summary>
    public Action? Refused { get; set; }

    /// <summary>The stream itself where it checks this very blob already: hashing takes longer than reading.</summary>
    public static VerifyingStream Of(Stream source, Descriptor expected, string origin) =>
        source is VerifyingStream verifying && verifying.Expects(expected) ? verifying : new VerifyingStream(source, expected, origin);

    public override int Read(Span<byte> buffer) => Take(buffer[..source.Read(buffer)], buffer.Length);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await source.ReadAsync(buffer, cancellationToken);
        return Take(buffer.Span[..read], buffer.Length);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            source.Dispose();
        }
        base.Dispose(disposing);
    }

    public override async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await base.DisposeAsync();
    }

    private bool Expects(Descriptor other) => _size == 0 && expected.Digest == other.Digest && expected.Size == other.Size;

    private int Take(ReadOnlySpan<byte> read, int asked)
    {
        _size += read.Length;
        if (_size > expected.Size)
            throw Mismatch($"is longer than the {expected.Size} bytes that were promised");
        _hash.AppendData(read);
        Progress?.Invoke(read.Length);
        // A read of nothing is the end only if something was asked for.
        if (read.IsEmpty && asked > 0 && !_verified)
            Verify();
        return read.Length;
    }

    private void Verify()
    {
        if (_size < expected.Size)
            throw Mismatch($"ended after {_size} of {expected.Size} bytes");
        Digest actual = expected.Digest.OfHash(_hash);
        if (actual != expected.Digest)
            throw Mismatch($"has other bytes than were promised, with digest `{actual}`");
        _verified = true;
    }

    private BuildException Mismatch(string how)
    {
        Refused?.Invoke();
        return DiagnosticRules.ContentMismatch.Error($"blob `{expected.Digest}` from `{origin}` {how}");
    }
}
