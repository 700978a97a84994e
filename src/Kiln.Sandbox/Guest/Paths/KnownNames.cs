// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Sandbox.Guest.State;

namespace Kiln.Sandbox.Guest.Paths;

/// <summary>
/// Paths that the kernel has found to be no link, or not there: compilers ask for each part of a path hundreds of times. That holds until a name of the tree changes, which the step can have done by nobody else. Any such change
/// ends all that is known; what is served, and what rights decide, is never in it.
/// </summary>
internal sealed class KnownNames
{
    private const int Kept = 1024;
    private const int LongestPath = 256;

    private readonly Entry[] _entries = new Entry[Kept];
    private int _generation = 1;

    /// <summary>What reading an absolute path as a link gives, EINVAL or ENOENT; <see cref="Errno.None"/> where that is not known.</summary>
    /// <param name="root">Where the path starts.</param>
    /// <param name="path">The path.</param>
    public Errno Find(GuestDirectory root, ReadOnlySpan<byte> path)
    {
        ref Entry entry = ref _entries[Slot(path)];
        return entry.Generation == _generation && entry.Root == root && path.SequenceEqual(entry.Path.AsSpan(0, entry.Length)) ? entry.Error : Errno.None;
    }

    public void Add(GuestDirectory root, ReadOnlySpan<byte> path, Errno error)
    {
        if (path.Length > LongestPath)
            return;
        ref Entry entry = ref _entries[Slot(path)];
        byte[] bytes = entry.Path ?? new byte[LongestPath];
        path.CopyTo(bytes);
        entry = new Entry { Generation = _generation, Root = root, Path = bytes, Length = path.Length, Error = error };
    }

    /// <summary>A name was made, moved or taken away, or may have been.</summary>
    public void Forget() => _generation++;

    /// <summary>Where a path would stand, FNV-1a.</summary>
    private static uint Slot(ReadOnlySpan<byte> path)
    {
        uint hash = 2166136261;
        foreach (byte part in path)
            hash = (hash ^ part) * 16777619;
        return (hash ^ (hash >> 16)) % Kept;
    }

    private struct Entry
    {
        public int Generation;
        public GuestDirectory? Root;
        public byte[]? Path;
        public int Length;
        public Errno Error;
    }
}
