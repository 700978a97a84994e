// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cache.Media;

/// <summary>A document in a directory to which others write. What has no size by its status is not opened: a FIFO would never begin.</summary>
internal static class SmallFile
{
    /// <summary>Null where there is none; nothing where it cannot be what it should.</summary>
    internal static async Task<byte[]?> FindAsync(string path, int largest, CancellationToken cancellationToken)
    {
        try
        {
            long size = new FileInfo(path).Length;
            return size is 0 || size > largest ? [] : await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
