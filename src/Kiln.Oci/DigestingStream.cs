// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;

namespace Kiln.Oci;

/// <summary>
/// Passes what is written to it on to another stream, and knows its SHA-256 and length once it is finished. The other stream stays
/// open: whoever made it closes it.
/// </summary>
public sealed class DigestingStream(Stream destination) : WriteOnlyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _size;
    private bool _completed;

    /// <summary>Ends the stream: nothing can be written afterwards. It may be called once.</summary>
    public ContentSummary Complete()
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        _completed = true;
        return new ContentSummary(Digest.FromSha256Hash(_hash.GetHashAndReset()), _size);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Take(buffer);
        destination.Write(buffer);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Take(buffer.Span);
        return destination.WriteAsync(buffer, cancellationToken);
    }

    public override void Flush() => destination.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => destination.FlushAsync(cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _hash.Dispose();
        _completed = true;
        base.Dispose(disposing);
    }

    private void Take(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        _hash.AppendData(buffer);
        _size += buffer.Length;
    }
}
