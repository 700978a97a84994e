// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Mounts;
using Kiln.Sandbox.Stage;

namespace Kiln.Sandbox.Chroot;

/// <summary>
/// Places of a tree at which something else stands for a while. What was there is moved aside and comes back, the last place first; neither shows in the times of the directories around.
/// Each place is kept by a handle of the directory that holds it, so that a step which moves that directory finds its own file in it again.
/// </summary>
internal sealed class TreeCovers : IDisposable
{
    private const int DirectoryMode = 0x1ED; // 0755

    private readonly DirectoryHandle _root;
    private readonly InodeRecords? _records;
    private readonly ScratchDirectory _aside;
    private readonly DirectoryHandle _kept;
    private readonly MovedFiles _moved;
    private readonly Stack<Cover> _covers = [];

    /// <param name="root">The tree.</param>
    /// <param name="scratch">A directory on the same file system.</param>
    /// <param name="moved">Gets what came back as it was.</param>
    /// <param name="records">What says what the files are; null where the disk does.</param>
    public TreeCovers(DirectoryHandle root, string scratch, MovedFiles moved, InodeRecords? records = null)
    {
        (_root, _moved, _records) = (root, moved, records);
        _aside = ScratchDirectory.Create(scratch, records);
        _kept = DirectoryHandle.Open(_aside.Path);
    }

    /// <summary>Frees a name, making the directories that lead to it, and has something put there by its last argument. A place is without links.</summary>
    public void Put(UnixPath place, Action<DirectoryHandle> put)
    {
        using (KeptModifiedTime.Of(Free(place).Parent))
            put(_covers.Peek().Parent);
    }

    /// <summary>Puts a file or directory of the builder's, on the same file system, at a place. It goes back to where it was, wherever the step has moved it.</summary>
    public void Lend(UnixPath place, string source)
    {
        var lent = LentFile.Open(source);
        Free(place).Lent = lent;
        using (KeptModifiedTime.Of(_covers.Peek().Parent))
            lent.Move(_covers.Peek().Parent, place.Name);
    }

    /// <summary>Everything as it was, but for what the step changed around it.</summary>
    public void Dispose()
    {
        while (_covers.TryPop(out Cover? cover))
            using (cover)
                Uncover(cover);
        _kept.Dispose();
        _aside.Dispose();
    }

    private Cover Free(UnixPath place)
    {
        MakeParents(place.Parent);
        var cover = new Cover(_root.OpenDirectory(place.Parent), place.Name.ToArray());
        _covers.Push(cover);
        if (cover.Parent.FindStatus(place.Name) is not { } before)
            return cover;
        byte[] kept = Encoding.ASCII.GetBytes(_covers.Count.ToString(CultureInfo.InvariantCulture));
        using (KeptModifiedTime.Of(cover.Parent))
            cover.Parent.Move(place.Name, _kept, kept);
        (cover.Kept, cover.Before, cover.Aside) = (kept, before.ChangeTime, _kept.FindStatus(kept)!.Value.ChangeTime);
        return cover;
    }

    private void MakeParents(UnixPath path)
    {
        if (path.IsRoot || _root.FindStatus(path) is not null)
            return;
        MakeParents(path.Parent);
        var cover = new Cover(_root.OpenDirectory(path.Parent), path.Name.ToArray()) { IsOnTheWay = true };
        _covers.Push(cover);
        using (KeptModifiedTime.Of(cover.Parent))
        {
            cover.Parent.MakeDirectory(path.Name, DirectoryMode);
            _records?.Remove(cover.Parent.FindStatus(path.Name)!.Value.Inode);
        }
    }

    private void Uncover(Cover cover)
    {
        using (KeptModifiedTime.Of(cover.Parent))
        {
            if (cover.IsOnTheWay)
            {
                RemoveIfEmpty(cover);
                return;
            }
            cover.Lent?.TakeBack(_root, cover.Parent, cover.Name);
            cover.Parent.RemoveTree(cover.Name, _records);
            if (cover.Kept is not null && !IsRemoved(cover.Parent))
                PutBack(cover);
        }
    }

    /// <summary>What the step changed by another name of the file counts as changed.</summary>
    private void PutBack(Cover cover)
    {
        bool isSame = _kept.FindStatus(cover.Kept!)!.Value.ChangeTime == cover.Aside;
        _kept.Move(cover.Kept!, cover.Parent, cover.Name);
        if (isSame && cover.Parent.FindStatus(cover.Name) is { } back)
            _moved.Add(back.Inode, cover.Before, back.ChangeTime);
    }

    /// <summary>A directory that was made on the way, in which the step has put something of its own, stays.</summary>
    private void RemoveIfEmpty(Cover cover)
    {
        try
        {
            ulong? inode = _records is null ? null : cover.Parent.FindStatus(cover.Name)?.Inode;
            cover.Parent.RemoveDirectory(cover.Name);
            if (inode is { } gone)
                _records!.Remove(gone);
        }
        catch (ErrnoException e) when (e.Error is Errno.ENOENT or Errno.ENOTDIR or Errno.ENOTEMPTY)
        {
        }
    }

    /// <summary>Whether the step has removed it: it takes nothing back then.</summary>
    private static bool IsRemoved(DirectoryHandle directory) => directory.GetStatus(UnixPath.Root).LinkCount == 0;

    private sealed class Cover(DirectoryHandle parent, byte[] name) : IDisposable
    {
        public DirectoryHandle Parent => parent;

        public byte[] Name => name;

        /// <summary>By which name what was there lies aside.</summary>
        public byte[]? Kept { get; set; }

        /// <summary>Its change time before it was moved aside.</summary>
        public UnixTime Before { get; set; }

        /// <summary>Its change time from then on.</summary>
        public UnixTime Aside { get; set; }

        public LentFile? Lent { get; set; }

        /// <summary>Whether it is a directory that was missing on the way to a place.</summary>
        public bool IsOnTheWay { get; init; }

        public void Dispose()
        {
            Lent?.Dispose();
            parent.Dispose();
        }
    }
}
