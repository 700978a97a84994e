// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Build.Steps;

/// <summary>
/// A note in a cache's directory that the content may stand in the tree of a build's step. It is written before the content leaves and removed when it is back, so that whoever finds it
/// after the builder's death knows where to look. Who is not the borrower has the cache's `make.lock` to read it.
/// </summary>
internal sealed class CacheLoan : IDisposable
{
    /// <summary>What steps see.</summary>
    internal const string Content = "content";

    private const string Note = "lent";

    private readonly string _cache;
    private readonly string _builds;
    private readonly InodeRecords? _records;

    private CacheLoan(string cache, string builds, InodeRecords? records) => (_cache, _builds, _records) = (cache, builds, records);

    /// <summary>Notes that the content goes to a build, until this is disposed.</summary>
    /// <param name="cache">The cache's directory.</param>
    /// <param name="builds">The directory of all builds.</param>
    /// <param name="build">The name of the one that borrows.</param>
    /// <param name="records">Where it keeps what the files are, if not on disk.</param>
    public static CacheLoan Begin(string cache, string builds, string build, InodeRecords? records)
    {
        using DirectoryHandle handle = DirectoryHandle.Open(cache);
        ulong inode = handle.GetStatus(UnixPath.Clean(Content)).Inode;
        File.WriteAllText(Path.Combine(cache, Note), string.Create(CultureInfo.InvariantCulture, $"{build} {inode}"));
        return new CacheLoan(cache, builds, records);
    }

    /// <summary>The name of the build that has a cache's content, or had it when it ended; null where nobody has.</summary>
    public static string? FindBorrower(string cache) => Read(cache)?.Build;

    /// <summary>Fetches the content of a cache home, of which it is known that nobody uses it.</summary>
    public static void End(string cache, string builds)
    {
        if (Read(cache) is { } note && !Directory.Exists(Path.Combine(cache, Content)) && Directory.Exists(Path.Combine(builds, note.Build)))
        {
            using DirectoryHandle build = DirectoryHandle.Open(Path.Combine(builds, note.Build)), home = DirectoryHandle.Open(cache);
            // A number that a directory had may be another file's by now, if a step has removed the cache.
            if (InodeSearch.Find(build, note.Inode) is { } path && build.GetStatus(path).Type == FileType.Directory)
            {
                using DirectoryHandle parent = build.OpenDirectory(path.Parent);
                parent.Move(path.Name, home, "content"u8);
            }
        }
        File.Delete(Path.Combine(cache, Note));
    }

    public void Dispose()
    {
        End(_cache, _builds);
        if (_records is not null)
            CacheRecords.Save(_cache, _records);
    }

    private static (string Build, ulong Inode)? Read(string cache)
    {
        string note = Path.Combine(cache, Note);
        // Half a note is of a builder that died before the content left.
        return File.Exists(note) && File.ReadAllText(note).Split(' ') is [var build, var number] && ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode)
            ? (build, inode)
            : null;
    }
}
