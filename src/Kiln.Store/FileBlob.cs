// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Store;

/// <summary>A blob in a file, complete since it has its name.</summary>
public sealed class FileBlob(string path, Descriptor descriptor) : IBlobSource
{
    private const int BufferSize = 128 << 10;

    public string Path { get; } = path;

    public Descriptor Descriptor { get; } = descriptor;

    public FileStream Open() =>
        new(Path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, FileOptions.Asynchronous | FileOptions.SequentialScan);

    public ValueTask<Stream> OpenAsync(CancellationToken cancellationToken) => new(Open());
}
