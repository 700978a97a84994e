// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using Kiln.Oci;

namespace Kiln.Store;

/// <summary>
/// Blobs in a directory, each in the file `ALGORITHM/HEX` of its digest, as in an OCI layout. A file gets that name only when it is
/// complete, so that any number of processes may share the directory.
/// </summary>
public sealed class BlobStore(string directory)
{
    public string Directory { get; } = directory;

    public string PathOf(Digest digest) => Path.Combine(Directory, digest.Algorithm, digest.Hex);

    /// <summary>A file of another size than the descriptor's is none: a crash of the machine may leave one.</summary>
    public bool TryFind(Descriptor descriptor, [NotNullWhen(true)] out FileBlob? blob)
    {
        var file = new FileInfo(PathOf(descriptor.Digest));
        blob = file.Exists && file.Length == descriptor.Size ? new FileBlob(file.FullName, descriptor) : null;
        return blob is not null;
    }

    public bool Contains(Descriptor descriptor) => TryFind(descriptor, out _);

    /// <summary>Begins a blob whose digest will be known at its end.</summary>
    public PendingBlob Begin()
    {
        Disk.Write(Directory, () => System.IO.Directory.CreateDirectory(Directory));
        return new PendingBlob(this, Path.Combine(Directory, $"{Guid.NewGuid():N}.partial"));
    }

    /// <summary>Begins to copy a blob into the store, so that it can be read at the same time.</summary>
    /// <param name="blob">Where it comes from.</param>
    /// <param name="turns">Bounds how many blobs are copied at a time: it waits for its turn.</param>
    /// <param name="cancellationToken">Ends the copy, also for those who read.</param>
    public ArrivingBlob BeginAdd(IBlobSource blob, SemaphoreSlim turns, CancellationToken cancellationToken) => new(this, blob, turns, cancellationToken);

    /// <summary>Copies a blob into the store, checking every byte, unless it is there.</summary>
    public async Task<FileBlob> AddAsync(IBlobSource blob, CancellationToken cancellationToken)
    {
        if (TryFind(blob.Descriptor, out FileBlob? found))
            return found;
        using PendingBlob pending = Begin();
        await using (Stream source = VerifyingStream.Of(await blob.OpenAsync(cancellationToken), blob.Descriptor, "its source"))
            await source.CopyToAsync(pending.Stream, cancellationToken);
        return pending.Commit(blob.Descriptor);
    }
}
