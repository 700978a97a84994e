// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Guest.State;

/// <summary>A directory that processes have as their working directory or root: a place in the tree, or one that is served. It is closed when nobody has it any more.</summary>
internal sealed class GuestDirectory
{
    private readonly SafeFileHandle? _handle;

    private GuestDirectory(SafeFileHandle? handle, ulong inode, UnixPath served) => (_handle, Inode, Served) = (handle, inode, served);

    /// <summary>Takes a directory of the tree over.</summary>
    public static GuestDirectory InTree(SafeFileHandle handle, ulong inode) => new(handle, inode, default);

    /// <summary>A directory that the supervisor serves.</summary>
    public static GuestDirectory OfServed(UnixPath path) => new(handle: null, 0, path);

    /// <summary>Whether it is served, and no place on disk.</summary>
    public bool IsServed => _handle is null;

    /// <summary>The path of one that is served.</summary>
    public UnixPath Served { get; }

    public ulong Inode { get; }

    /// <summary>A view, good as long as this is kept alive.</summary>
    public Place Place => Place.Of(_handle!);
}
