// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Store;

/// <summary>A blob on its way into a <see cref="BlobStore"/>. Disposed without a commit, it leaves nothing behind.</summary>
public sealed class PendingBlob : IDisposable
{
    private readonly BlobStore _store;
    private readonly string _path;
    private readonly DiskStream _stream;

    internal PendingBlob(BlobStore store, string path)
    {
        _store = store;
        _path = path;
        _stream = new DiskStream(path);
    }

    /// <summary>Where the bytes go. It is closed by the commit.</summary>
    public Stream Stream => _stream;

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
        return new FileBlob(path, descriptor);
    }

    public void Dispose()
    {
        _stream.Dispose();
        File.Delete(_path);
    }
}
