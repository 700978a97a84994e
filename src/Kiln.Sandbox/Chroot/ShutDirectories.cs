// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Sandbox.Chroot;

/// <summary>Directories of a step's tree that nobody without capabilities may search, not even the builder whose they are: a lookup of the kernel's ends there with EACCES, and ends so nowhere else.</summary>
internal sealed class ShutDirectories(DirectoryHandle tree) : IDisposable
{
    private const int OwnerDoesAll = 0x1C0; // 0700

    private readonly List<DirectoryHandle> _shut = [];

    public void Add(UnixPath directory)
    {
        DirectoryHandle handle = tree.OpenDirectory(directory);
        _shut.Add(handle);
        handle.SetMode(0);
    }

    public void Dispose()
    {
        foreach (DirectoryHandle handle in _shut)
        {
            handle.SetMode(OwnerDoesAll);
            handle.Dispose();
        }
    }
}
