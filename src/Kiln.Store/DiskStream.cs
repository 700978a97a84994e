// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Store;

/// <summary>Writes a new file; a full disk is an error that names the file.</summary>
internal sealed class DiskStream : WriteOnlyStream
{
    private const int BufferSize = 128 << 10;

    private readonly string _path;
    private readonly FileStream _file;

    public DiskStream(string path)
    {
        _path = path;
        _file = Disk.Write(
            path,
            () => new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, BufferSize, FileOptions.Asynchronous));
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            _file.Write(buffer);
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
