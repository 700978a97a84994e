// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Sandbox.Chroot;

namespace Kiln.Sandbox.Supervision;

/// <summary>A step's files that are nowhere on disk, by their places in its tree. What is mounted over one hides it.</summary>
internal sealed class InMemoryFiles
{
    private readonly Dictionary<UnixPath, MemoryFile> _files = [];

    public InMemoryFiles(IEnumerable<PlacedMount> mounts)
    {
        foreach (PlacedMount mount in mounts)
        {
            foreach (UnixPath hidden in _files.Keys.Where(place => place.IsAtOrBelow(mount.Place)).ToList())
                _files.Remove(hidden);
            if (mount.Content is { } content)
                _files.Add(mount.Place, content);
        }
    }

    public bool IsEmpty => _files.Count == 0;

    public bool Serves(UnixPath path) => !IsEmpty && _files.ContainsKey(path);

    public MemoryFile? Find(UnixPath path) => IsEmpty ? null : _files.GetValueOrDefault(path);
}
