// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers;
using Kiln.Layers.Sources;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Contexts.Git;

/// <summary>
/// The files of a checkout. Git knows of a file that it is executable or not, so their modes are 0755 and 0644 whatever the builder's umask is. `.git`, a
/// submodule's too, is not seen unless it was asked for; a repository itself can hold none.
/// </summary>
/// <param name="root">The checkout, or a directory in it; it is this context's to end.</param>
/// <param name="keepsGitDirectory">Whether `.git` is seen.</param>
/// <param name="time">How old everything is; null for the time of the checkout.</param>
public sealed class GitContext(DirectoryHandle root, bool keepsGitDirectory, UnixTime? time) : ISourceTree, IDisposable
{
    private readonly DirectoryContext _files = new(root, keepsGitDirectory ? null : new GitDirectoryFilter());

    public LayerEntry? Find(UnixPath path) => _files.Find(path) is not { } entry ? null : entry with
    {
        Mode = entry.Type switch
        {
            EntryType.SymbolicLink => 0x1FF,
            EntryType.File when (entry.Mode & 0x49) == 0 => 0x1A4,
            _ => 0x1ED,
        },
        ModifiedTime = time ?? entry.ModifiedTime,
        Xattrs = [],
    };

    public IReadOnlyList<byte[]> List(UnixPath directory) => _files.List(directory);

    public ContentSource Open(UnixPath path) => _files.Open(path);

    public object? FindLinkGroup(UnixPath path) => null;

    public void Dispose() => _files.Dispose();
}
