// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Store;

/// <summary>A blob on its way into a <see cref="BlobStore"/>. Disposed without a commit, it leaves nothing behind.</summary>
public sealed class PendingBlob : IDisposable
{
    private readonly BlobStore _store;
    private readonly string _path;
    private readonly DiskStream _stream;
    private readonly Growth _growth = new();

    internal PendingBlob(BlobStore store, string path)
    {
        _store = store;
        _path = path;
        _stream = new DiskStream(path, _growth);
    }

    /// <summary>Where the bytes go. It is closed by the commit.</summary>
    public Stream Stream => _stream;

    internal long Length => _growth.Length;

    /// <summary>What is written, for somebody who reads it meanwhile and disposes of it.</summary>
    public GrowingFileStream OpenGrowing() => new(_path, _growth);

    /// <summary>The same for a thread of its own, of a blob whose size is known. A blob that has failed throws why.</summary>
    internal ArrivingStream OpenArriving(long size, CancellationToken cancellationToken)
    {
        _growth.ThrowIfFailed();
        return new(Disk.Write(_path, () => File.OpenHandle(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)), _growth, size, cancellationToken);
    }

    /// <summary>Gives the file its name. The digest is the caller's word: it comes from the pass that wrote the bytes.</summary>
    public FileBlob Commit(Descriptor descriptor)
    {
        _stream.Dispose();
        long size = new FileInfo(_path).Length;
        if (size != descriptor.Size)
            throw new InvalidOperationException($"{size} bytes were written of a blob of {descriptor.Size}");
        string path = _store.PathOf(descriptor.Digest);
        Disk.Write(path, () =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Move(_path, path, overwrite: true);
        });
        _growth.Complete();
        return new FileBlob(path, descriptor);
    }

    /// <summary>Tells those who read what is written why it will never be whole.</summary>
    internal void Fail(Exception reason) => _growth.Fail(reason);

    public void Dispose()
    {
        _growth.Fail(new IOException("the blob was given up while it was written"));
        _stream.Dispose();
        File.Delete(_path);
    }
}
