// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Store;

/// <summary>A blob in a file, complete since it has its name.</summary>
public sealed class FileBlob(string path, Descriptor descriptor) : IBlobSource
{
    private const int BufferSize = 128 << 10;

    public string Path { get; } = path;

    public Descriptor Descriptor { get; } = descriptor;

    public FileStream Open()
    {
        try
        {
            return new FileStream(
                Path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        // Not left as it is: a pusher would take it for a broken connection.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DiagnosticRules.BlobUnreadable.Error($"`{Path}` cannot be read: {e.Message.TrimEnd('.')}", inner: e);
        }
    }

    public ValueTask<Stream> OpenAsync(CancellationToken cancellationToken) => new(Open());
}
