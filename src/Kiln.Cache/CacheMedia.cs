// SPDX-License-Identifier: Apache-2.0
using Kiln.Cache.Media;

namespace Kiln.Cache;

/// <summary>Opens stores where flags say that they are.</summary>
/// <param name="options">What their entries are held against.</param>
/// <param name="time">The clock.</param>
/// <param name="warn">Told what cannot be used; called from several threads.</param>
public sealed class CacheMedia(CacheOptions options, TimeProvider time, Action<string> warn)
{
    /// <summary>A directory of our own, as `--cache-dir` has one.</summary>
    /// <param name="name">For people.</param>
    /// <param name="directory">Made when something is saved.</param>
    public ICacheStore OpenDirectory(string name, string directory) => new EntryStore(new DirectoryMedium(name, directory, time), options, time, warn);
}
