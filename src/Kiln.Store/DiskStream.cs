// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Store;

/// <summary>Writes a new file; a full disk is an error that names the file.</summary>
internal sealed class DiskStream : WriteOnlyStream
{
    private const int BufferSize = 128 << 10;

    private readonly string _path;
    private readonly Growth? _growth;
    private readonly FileStream _file;

    /// <param name="path">The file.</param>
    /// <param name="growth">Told of every write, which then goes to the file at once.</param>
    public DiskStream(string path, Growth? growth = null)
    {
        _path = path;
        _growth = growth;
        _file = Disk.Write(
            path,
            () => new FileStream(
                path, FileMode.Create, FileAccess.Write, FileShare.Read, growth is null ? BufferSize : 0, FileOptions.Asynchronous));
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            _file.Write(buffer);
            _growth?.Advance(buffer.Length);
        }
        catch (IOException e)
        {
            throw Disk.Unwritable(_path, e);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await _file.WriteAsync(buffer, cancellationToken);
            _growth?.Advance(buffer.Length);
        }
        catch (IOException e)
        {
            throw Disk.Unwritable(_path, e);
        }
    }

    public override void Flush() => Disk.Write(_path, _file.Flush);

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _file.FlushAsync(cancellationToken);
        }
        catch (IOException e)
        {
            throw Disk.Unwritable(_path, e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Disk.Write(_path, _file.Dispose);
        base.Dispose(disposing);
    }
}
