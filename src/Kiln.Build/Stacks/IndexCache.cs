// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Indexes;
using Kiln.Oci;

namespace Kiln.Build.Stacks;

/// <summary>
/// The indexes of layers that were read once, in a directory that builds share, by diff id: `indexes/HEX/entries`. Beside it lies an empty file for
/// every blob that was read to its end and found to have that diff id; only for those the index is used, so that no image can borrow the index of
/// another's layer. Files get their names when they are complete, and the directory may be read-only.
/// </summary>
internal sealed class IndexCache(string directory, Action<string> explain)
{
    /// <summary>Over a million entries; whoever puts more there fills memory.</summary>
    private const long LargestIndex = 256 << 20;

    internal bool Contains(Digest diffId, Digest blob) => File.Exists(EntriesOf(diffId)) && File.Exists(BlobMark(diffId, blob));

    /// <summary>Null where there is none that can be used. What is broken is passed over.</summary>
    internal LayerIndex? Find(Digest diffId, Digest blob)
    {
        try
        {
            var file = new FileInfo(EntriesOf(diffId));
            return !Contains(diffId, blob) || file.Length > LargestIndex ? null : LayerIndexFormat.Read(File.ReadAllBytes(file.FullName));
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            explain($"the cached index of {diffId} is passed over: {e.Message}");
            return null;
        }
    }

    /// <summary>Keeps an index that came out of a whole, checked blob. A directory that cannot be written to is no failure.</summary>
    internal void Keep(Digest diffId, Digest blob, LayerIndex index)
    {
        try
        {
            Directory.CreateDirectory(FolderOf(diffId));
            Replace(EntriesOf(diffId), LayerIndexFormat.Write(index));
            Replace(BlobMark(diffId, blob), []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            explain($"the index of {diffId} is not kept: {e.Message}");
        }
    }

    private string FolderOf(Digest diffId) => Path.Combine(directory, "indexes", diffId.Algorithm, diffId.Hex);

    private string EntriesOf(Digest diffId) => Path.Combine(FolderOf(diffId), "entries");

    private string BlobMark(Digest diffId, Digest blob) => Path.Combine(FolderOf(diffId), $"{blob.Algorithm}-{blob.Hex}");

    private static void Replace(string path, byte[] content)
    {
        string partial = $"{path}.{Guid.NewGuid():N}";
        try
        {
            File.WriteAllBytes(partial, content);
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
