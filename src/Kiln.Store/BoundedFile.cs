// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Store;

/// <summary>
/// Reads a document that somebody else may have put there. What has no size by its status is not opened: a device would never end, and a FIFO never begin.
/// </summary>
internal static class BoundedFile
{
    /// <summary>Of a manifest, an index or a configuration; registries take no more than 4 MiB.</summary>
    internal const int MaxDocumentSize = 8 << 20;

    internal static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            long size = new FileInfo(path).Length;
            if (size is 0 or > MaxDocumentSize)
                throw TooLarge(path, size);
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.Asynchronous);
            byte[] content = new byte[size];
            await file.ReadExactlyAsync(content, cancellationToken);
            return content;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DiagnosticRules.LayoutUnreadable.Error($"`{path}` cannot be read: {e.Message.TrimEnd('.')}", inner: e);
        }
    }

    private static BuildException TooLarge(string path, long size) => DiagnosticRules.MalformedImage.Error(
        size == 0 ? $"`{path}` is empty, or no regular file" : $"`{path}` is longer than {MaxDocumentSize} bytes");
}
