// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Store;

/// <summary>
/// Reads a blob from its first byte on while others are still being written. It ends where the blob is complete, and fails where it never will be.
/// </summary>
public sealed class GrowingFileStream : ReadOnlyStream
{
    private readonly FileStream _file;
    private readonly Growth _growth;

    internal GrowingFileStream(string path, Growth growth)
    {
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous);
        _growth = growth;
    }

    /// <summary>Waits until it is known whether the blob gets larger than so much.</summary>
    public async Task<bool> ExceedsAsync(long size, CancellationToken cancellationToken) => await _growth.WaitBeyondAsync(size, cancellationToken) > size;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        long ready = await _growth.WaitBeyondAsync(_file.Position, cancellationToken) - _file.Position;
        return ready == 0 ? 0 : await _file.ReadAsync(buffer[..(int)Math.Min(ready, buffer.Length)], cancellationToken);
    }

    /// <summary>Not: who reads has to wait.</summary>
    public override int Read(Span<byte> buffer) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _file.Dispose();
        base.Dispose(disposing);
    }
}
