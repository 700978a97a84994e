// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.Build.Steps;
using Kiln.Linux.Files;

namespace Kiln.Build;

/// <summary>
/// One build's place in the root directory: everything it writes lies below `builds/N` and goes with it. A lock tells the living from
/// what a killed build left, which the next one removes. Caches of `RUN --mount=type=cache` lie beside and stay.
/// </summary>
public sealed class WorkDirectory : IDisposable
{
    private readonly string _builds;
    private readonly string _name;
    private readonly FileLock _lock;
    private int _count;

    private WorkDirectory(string root, string name, FileLock held)
    {
        Root = root;
        _builds = System.IO.Path.Combine(root, "builds");
        _name = name;
        _lock = held;
        Directory.CreateDirectory(Blobs);
        Directory.CreateDirectory(Trees);
        Directory.CreateDirectory(Scratch);
    }

    /// <summary>The root directory itself.</summary>
    public string Root { get; }

    private string Path => System.IO.Path.Combine(_builds, _name);

    /// <summary>The directory of all builds with the same root directory.</summary>
    internal string Builds => _builds;

    /// <summary>This build's name in it.</summary>
    internal string Name => _name;

    internal string Blobs => System.IO.Path.Combine(Path, "blobs");

    internal string Trees => System.IO.Path.Combine(Path, "t");

    /// <summary>For what lives no longer than a step.</summary>
    public string Scratch => System.IO.Path.Combine(Path, "scratch");

    /// <summary>Takes a place of its own below a root directory, and clears away what dead builds left there.</summary>
    public static WorkDirectory Open(string root)
    {
        string builds = MakePrivate(root, "builds");
        RemoveDead(root, builds);
        for (int number = 0; ; number++)
        {
            string name = number.ToString(CultureInfo.InvariantCulture);
            if (FileLock.TryTake(System.IO.Path.Combine(builds, name + ".lock")) is not { } held)
                continue;
            // Whatever is under a name whose lock was free is nobody's.
            if (TryRemoveDead(root, builds, name))
                return new WorkDirectory(root, name, held);
            held.Dispose();
        }
    }

    /// <summary>A new directory for a tree. The names are short: overlay's mount options hold over a hundred of them.</summary>
    internal string NewTree()
    {
        string path = System.IO.Path.Combine(Trees, Next());
        Directory.CreateDirectory(path);
        return path;
    }

    internal string NewScratch()
    {
        string path = System.IO.Path.Combine(Scratch, Next());
        Directory.CreateDirectory(path);
        return path;
    }

    /// <summary>Removes something that a step no longer needs.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="records">What was said of its files, which goes too.</param>
    internal static void RemoveTree(string path, InodeRecords? records = null) =>
        Remove(System.IO.Path.GetDirectoryName(path)!, System.IO.Path.GetFileName(path), records);

    /// <summary>The directory of a cache, the same in every build with the same root directory.</summary>
    internal string Cache(string name)
    {
        string path = System.IO.Path.Combine(MakePrivate(Root, "caches"), name);
        Directory.CreateDirectory(path);
        return path;
    }

    public void Dispose()
    {
        Remove(_builds, _name);
        _lock.Dispose();
    }

    /// <summary>Nobody else of the machine comes in: trees hold set-uid programs that a stranger made.</summary>
    private static string MakePrivate(string root, string name)
    {
        string path = System.IO.Path.Combine(root, name);
        Directory.CreateDirectory(path);
        using var parent = DirectoryHandle.Open(root);
        parent.SetMode(System.Text.Encoding.UTF8.GetBytes(name), 0x1C0); // 0700
        return path;
    }

    private string Next() => Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture);

    private static void RemoveDead(string root, string builds)
    {
        foreach (string directory in Directory.EnumerateDirectories(builds))
        {
            string name = System.IO.Path.GetFileName(directory);
            using FileLock? held = FileLock.TryTake(System.IO.Path.Combine(builds, name + ".lock"));
            if (held is not null)
                TryRemoveDead(root, builds, name);
        }
    }

    /// <summary>Removes what a dead build left, when the caches that it had are home again. False where somebody is at one of them this moment; the next build will do it.</summary>
    private static bool TryRemoveDead(string root, string builds, string name)
    {
        string caches = System.IO.Path.Combine(root, "caches");
        foreach (string cache in Directory.Exists(caches) ? Directory.GetDirectories(caches) : [])
        {
            if (CacheLoan.FindBorrower(cache) != name)
                continue;
            using FileLock? making = FileLock.TryTake(System.IO.Path.Combine(cache, CachePreparation.MakeLock));
            if (making is null)
                return false;
            if (CacheLoan.FindBorrower(cache) == name)
                CacheLoan.End(cache, builds);
        }
        Remove(builds, name);
        return true;
    }

    private static void Remove(string parent, string name, InodeRecords? records = null)
    {
        using DirectoryHandle handle = DirectoryHandle.Open(parent);
        handle.RemoveLargeTree(System.Text.Encoding.UTF8.GetBytes(name), records);
    }
}
