// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Diagnostics;
using Kiln.Layers;
using Kiln.Layers.Blobs;
using Kiln.Layers.Tar;
using Kiln.Linux;

namespace Kiln.Store;

/// <summary>
/// The files of a tar archive by their names, read in place: nothing of it is laid out on disk, so no name in it leads anywhere but to another file of it.
/// Links are followed, for old `docker save` wrote a layer that was there twice as one.
/// </summary>
internal sealed class ArchiveFiles
{
    private const int MaxLinks = 8;

    // Images have a few hundred files at most: three for each layer in the oldest form.
    private const int MaxFiles = 200_000;

    private readonly Dictionary<string, ArchiveFile> _files = [];
    private readonly Dictionary<string, string> _links = [];

    private ArchiveFiles(string path, string place) => (Path, Place) = (path, place);

    /// <summary>The archive itself, plain.</summary>
    private string Path { get; }

    /// <summary>For messages: an unpacked copy is nothing that the user knows of.</summary>
    internal string Place { get; }

    /// <summary>Lists an archive.</summary>
    /// <param name="path">A regular file, plain or packed.</param>
    /// <param name="newScratch">Gives the path of a file that does not exist yet, for an unpacked copy; its owner removes it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    internal static async Task<ArchiveFiles> ReadAsync(string path, Func<string> newScratch, CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(path) is not { Length: > 0 })
                throw Unreadable(path, "it is empty, or no regular file");
            var archive = new ArchiveFiles(await UnpackAsync(path, newScratch, cancellationToken), path);
            archive.List(cancellationToken);
            return archive;
        }
        catch (Exception e) when (e is TarException or InvalidDataException or ArchiveLimitException or IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e.Message.TrimEnd('.'), e);
        }
    }

    internal ArchiveFile? Find(string name)
    {
        string key = Clean(name);
        for (int followed = 0; _links.TryGetValue(key, out string? target); followed++)
        {
            if (followed == MaxLinks)
                throw Broken($"`{name}` is a link of more than {MaxLinks} links");
            key = target;
        }
        return _files.TryGetValue(key, out ArchiveFile file) ? file : null;
    }

    internal ArchiveFile Get(string name) => Find(name) ?? throw Broken($"it names a file `{name}` that it does not hold");

    internal Stream Open(ArchiveFile file)
    {
        try
        {
            return new ArchivePart(File.OpenHandle(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous), file);
        }
        // Not left as it is: a pusher would take it for a broken connection.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DiagnosticRules.BlobUnreadable.Error($"`{Path}` cannot be read: {e.Message.TrimEnd('.')}", inner: e);
        }
    }

    internal async Task<byte[]> ReadAllAsync(string name, CancellationToken cancellationToken)
    {
        ArchiveFile file = Get(name);
        if (file.Size is 0 or > BoundedFile.MaxDocumentSize)
            throw Broken($"its `{name}` has {file.Size} bytes, where a document of 1 to {BoundedFile.MaxDocumentSize} was expected");
        byte[] content = new byte[file.Size];
        await using Stream stream = Open(file);
        await stream.ReadExactlyAsync(content, cancellationToken);
        return content;
    }

    internal BuildException Broken(string why) => DiagnosticRules.ImageArchiveUnreadable.Error($"`{Place}` cannot be read as an archive of images: {why}");

    private static BuildException Unreadable(string path, string why, Exception? inner = null) =>
        DiagnosticRules.ImageArchiveUnreadable.Error($"`{path}` cannot be read as an archive of images: {why}", inner: inner);

    /// <summary>The archive's own path where it is plain.</summary>
    private static async Task<string> UnpackAsync(string path, Func<string> newScratch, CancellationToken cancellationToken)
    {
        await using FileStream packed = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.Asynchronous);
        byte[] start = new byte[Decompression.SniffLength];
        int count = await packed.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
        packed.Position = 0;
        if (Decompression.Sniff(start.AsSpan(0, count)) == ArchiveCompression.None)
            return path;
        string copy = newScratch();
        await using var plain = new DiskStream(copy);
        // The stream that unpacks owns the file below, which may be closed twice.
        await using Stream unpacked = Decompression.Open(packed);
        await unpacked.CopyToAsync(plain, cancellationToken);
        return copy;
    }

    private void List(CancellationToken cancellationToken)
    {
        using var stream = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 64 << 10);
        var reader = new TarReader(stream);
        for (TarEntry? entry = ReadFirst(reader); entry is not null; entry = reader.ReadNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_files.Count + _links.Count >= MaxFiles)
                throw Broken($"it has more than {MaxFiles} files");
            Put(entry, new ArchiveFile(stream.Position, entry.Metadata.Size), reader.NextHeaderOffset);
        }
    }

    private TarEntry? ReadFirst(TarReader reader)
    {
        try
        {
            return reader.ReadNext();
        }
        catch (TarException e)
        {
            throw Unreadable(Place, $"it is no tar archive ({e.Message})", e);
        }
    }

    private void Put(TarEntry entry, ArchiveFile file, long next)
    {
        string name = entry.Path.ToString();
        // Of several entries of one name the last stands, as for any tar.
        _files.Remove(name);
        _links.Remove(name);
        switch (entry.Metadata.Type)
        {
            case EntryType.File when next - file.Offset >= file.Size:
                _files[name] = file;
                break;
            case EntryType.File:
                throw Broken($"its `{name}` is a sparse file");
            case EntryType.SymbolicLink:
                _links[name] = Beside(entry.Path, entry.Metadata.LinkText.AsSpan()).ToString();
                break;
            case EntryType.HardLink:
                _links[name] = entry.Metadata.HardLinkTarget.ToString();
                break;
        }
    }

    /// <summary>Where a link leads to inside of the archive; `..` never climbs out of it.</summary>
    private static UnixPath Beside(UnixPath link, ReadOnlySpan<byte> target) =>
        target is [(byte)'/', ..] ? UnixPath.Clean(target) : UnixPath.Clean([.. link.Parent.Bytes, (byte)'/', .. target]);

    private static string Clean(string name) => UnixPath.Clean(Encoding.UTF8.GetBytes(name)).ToString();
}
