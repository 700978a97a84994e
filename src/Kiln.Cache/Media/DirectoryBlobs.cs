// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;
using Kiln.Store;

namespace Kiln.Cache.Media;

/// <summary>
/// The blobs of a cache in a directory that any number of pods share. A file has its name since it is complete. Its time of change says when it was last wanted: one
/// that was wanted in the last hour is never removed, so that whoever just found it can still open it.
/// </summary>
internal sealed class DirectoryBlobs(string directory, TimeProvider time)
{
    private const string Partial = "*.partial";

    // Nobody writes to a file for so long and lives, or finds an entry and opens its layer only then.
    private static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    private readonly BlobStore _blobs = new(Path.Combine(directory, "blobs"));
    private readonly Once _clean = new();

    internal bool Contains(Descriptor descriptor) => _blobs.Contains(descriptor);

    internal IBlobSource Open(Descriptor descriptor) => new CachedFile(_blobs.PathOf(descriptor.Digest), descriptor);

    internal void Discard(Descriptor descriptor)
    {
        try
        {
            File.Delete(_blobs.PathOf(descriptor.Digest));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    internal async Task AddAsync(IBlobSource blob, CancellationToken cancellationToken)
    {
        if (_clean.Try())
            RemoveLeftovers(removes: true);
        // First the mark that it is wanted, then the look whether it is there: what is removed between the two was not marked.
        Touch(blob.Descriptor);
        await _blobs.AddAsync(blob, cancellationToken);
    }

    /// <summary>Puts content under a name in one step.</summary>
    internal async Task ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_blobs.Directory);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string partial = Path.Combine(_blobs.Directory, $"{Guid.NewGuid():N}.partial");
        try
        {
            await File.WriteAllBytesAsync(partial, content, cancellationToken);
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>Notes that a blob is wanted; a directory that cannot be written to is cleaned up by nobody.</summary>
    internal void Touch(Descriptor descriptor) => Touch(_blobs.PathOf(descriptor.Digest));

    internal void Touch(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    internal BlobSweep Sweep(IReadOnlySet<Digest> kept, bool removes)
    {
        string folder = Path.Combine(_blobs.Directory, "sha256");
        IEnumerable<FileInfo> unwanted = Directory.Exists(folder)
            ? new DirectoryInfo(folder).EnumerateFiles().Where(file => !(Digest.TryParse("sha256:" + file.Name, out Digest digest) && kept.Contains(digest)) && IsOld(file))
            : [];
        BlobSweep blobs = Remove([.. unwanted], removes);
        BlobSweep leftovers = RemoveLeftovers(removes);
        return new BlobSweep(blobs.Count + leftovers.Count, blobs.Bytes + leftovers.Bytes);
    }

    /// <summary>What killed builds left: files that nobody has written to for long.</summary>
    private BlobSweep RemoveLeftovers(bool removes) => Directory.Exists(_blobs.Directory)
        ? Remove([.. new DirectoryInfo(_blobs.Directory).EnumerateFiles(Partial).Where(IsOld)], removes)
        : new BlobSweep(0, 0);

    private bool IsOld(FileInfo file) => file.Exists && time.GetUtcNow().UtcDateTime - file.LastWriteTimeUtc > Grace;

    private static BlobSweep Remove(IReadOnlyList<FileInfo> files, bool removes)
    {
        // Read before they are gone.
        var sweep = new BlobSweep(files.Count, files.Sum(file => file.Length));
        foreach (FileInfo file in removes ? files : [])
            file.Delete();
        return sweep;
    }

    /// <summary>A file that others may have written.</summary>
    private sealed class CachedFile(string path, Descriptor descriptor) : IBlobSource
    {
        public Descriptor Descriptor => descriptor;

        public ValueTask<Stream> OpenAsync(CancellationToken cancellationToken) =>
            new(new VerifyingStream(new FileBlob(path, descriptor).Open(), descriptor, path));
    }
}
