// SPDX-License-Identifier: Apache-2.0
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;
using Kiln.Linux.Interop;

namespace Kiln.Linux.Files;

/// <content>Removing whole trees.</content>
public sealed unsafe partial class DirectoryHandle
{
    private const int DeepestDescent = 64;

    /// <summary>How far below its top a large tree is divided among threads; what is deeper goes with its directory.</summary>
    private const int DividedDepth = 6;

    /// <summary>Fewer directories side by side are not worth the start of threads: a small build would last longer by it.</summary>
    private const int FewestDivided = 8;

    /// <summary>
    /// Removes a name with everything below it; a name that is not there is no error. However deep it is, no more than
    /// <see cref="DeepestDescent"/> directories are open at a time: what lies deeper is moved up first.
    /// </summary>
    /// <param name="name">What to remove.</param>
    /// <param name="records">What is said there of the files is said no more.</param>
    public void RemoveTree(ReadOnlySpan<byte> name, InodeRecords? records = null)
    {
        if (records is not null)
            Forget(name, records);
        if (TryUnlink(name))
            return;
        using (DirectoryHandle top = OpenToEmpty(name))
        {
            var listings = new Stack<DirectoryListing>();
            // What lay too deep is moved up meanwhile, so that there may be something in it again.
            while (top.RemoveEntries(top, listings, records, depth: 0))
            {
            }
        }
        RemoveDirectory(name);
    }

    /// <summary>
    /// The same on all cores: removing a file costs the kernel as much as making it did, and it does it on the core of whoever asks.
    /// </summary>
    public void RemoveLargeTree(ReadOnlySpan<byte> name, InodeRecords? records = null) => RemoveLargeTree(name.ToArray(), records, depth: 0);

    private void RemoveLargeTree(byte[] name, InodeRecords? records, int depth)
    {
        if (depth < DividedDepth && IsDirectory(name))
        {
            using DirectoryHandle directory = OpenToEmpty(name);
            List<byte[]> inner = directory.ListDirectories();
            if (inner.Count < FewestDivided)
                inner.ForEach(name => directory.RemoveLargeTree(name, records, depth + 1));
            else
                DivideAmongThreads(inner, name => directory.RemoveLargeTree(name, records, depth + 1));
        }
        RemoveTree(name, records);
    }

    private static void DivideAmongThreads(List<byte[]> names, Action<byte[]> remove)
    {
        try
        {
            Parallel.ForEach(names, remove);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    private List<byte[]> ListDirectories()
    {
        var listing = new DirectoryListing();
        listing.Read(this);
        var names = new List<byte[]>();
        while (listing.MoveNext())
            if (listing.IsDirectory == true)
                names.Add(listing.Name.ToArray());
        return names;
    }

    /// <summary>Result: whether there was anything.</summary>
    private bool RemoveEntries(DirectoryHandle top, Stack<DirectoryListing> listings, InodeRecords? records, int depth)
    {
        DirectoryListing listing = listings.TryPop(out DirectoryListing? idle) ? idle : new DirectoryListing();
        listing.Read(this);
        bool found = false;
        while (listing.MoveNext())
        {
            found = true;
            if (records?.Find(listing.Inode) is not null)
                Forget(listing.Name, records);
            if (listing.IsDirectory != true && TryUnlink(listing.Name))
                continue;
            using (DirectoryHandle inner = OpenToEmpty(listing.Name))
            {
                if (depth < DeepestDescent)
                    inner.RemoveEntries(top, listings, records, depth + 1);
            }
            if (depth < DeepestDescent)
                RemoveDirectory(listing.Name);
            else
                Move(listing.Name, top, Encoding.ASCII.GetBytes(Guid.NewGuid().ToString()));
        }
        listings.Push(listing);
        return found;
    }

    private bool IsDirectory(ReadOnlySpan<byte> name) => FindStatus(name)?.Type == FileType.Directory;

    /// <summary>Before its last name goes: its number may be another file's the moment after.</summary>
    private void Forget(ReadOnlySpan<byte> name, InodeRecords records)
    {
        if (FindStatus(name) is { } status && (status.Type == FileType.Directory || status.LinkCount == 1))
            records.Remove(status.Inode);
    }

    /// <summary>Removes a name, also one that is not there; false where it is a directory's.</summary>
    private bool TryUnlink(ReadOnlySpan<byte> name)
    {
        fixed (byte* path = new CPath(CheckName(name)))
        {
            if (Libc.UnlinkAt(_handle, path, 0) == 0)
                return true;
        }
        return (Errno)Marshal.GetLastPInvokeError() switch
        {
            Errno.ENOENT => true,
            Errno.EISDIR => false,
            Errno.EPERM when IsDirectory(name) => false, // what POSIX says, and some file systems
            var error => throw new ErrnoException("unlinkat", error, Encoding.UTF8.GetString(name)),
        };
    }

    // An owner who is not root needs rwx on a directory to empty it.
    private DirectoryHandle OpenToEmpty(ReadOnlySpan<byte> name)
    {
        if (FindStatus(name) is { } status && (status.Mode & 0x1C0) != 0x1C0)
            SetMode(name, status.Mode | 0x1C0);
        return OpenDirectory(UnixPath.Root.Append(name));
    }
}
