// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Layers.Blobs;

/// <summary>
/// A layer's plain bytes on their way to a reader. The end is passed on only if all of them together have the diff id that the image's configuration
/// names. Owns the stream below.
/// </summary>
public sealed class PlainLayerStream(Stream plain, Digest diffId, Digest blob) : ReadOnlyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _ended;

    public override int Read(Span<byte> buffer)
    {
        int count = plain.Read(buffer);
        Take(buffer[..count], buffer.Length);
        return count;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await plain.ReadAsync(buffer, cancellationToken);
        Take(buffer.Span[..count], buffer.Length);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            plain.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Take(ReadOnlySpan<byte> bytes, int wanted)
    {
        _hash.AppendData(bytes);
        if (bytes.Length > 0 || wanted == 0 || _ended)
            return;
        _ended = true;
        Digest found = Digest.FromSha256Hash(_hash.GetHashAndReset());
        if (found != diffId)
            throw DiagnosticRules.ContentMismatch.Error($"the content of the layer {blob} is {found}, but the image's configuration says {diffId}");
    }
}
