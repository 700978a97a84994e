// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Secrets;
using Kiln.Linux.Files;
using Kiln.Sandbox.Mounts;

namespace Kiln.Build.Steps;

/// <summary>The mounts of one `RUN` and what else they come to. It owns what was made for this step: locks on caches, agents' sockets, copies on disk.</summary>
/// <param name="records">What is said of the files of the copies; null where nothing is.</param>
internal sealed class PreparedMounts(InodeRecords? records) : IDisposable
{
    private readonly Stack<IDisposable> _owned = [];
    private readonly List<string> _copies = [];

    internal List<RunMount> Mounts { get; } = [];

    /// <summary>`NAME=value`, behind the step's own.</summary>
    internal List<string> Environment { get; } = [];

    /// <summary>The values that the step can see, and that must stay in it.</summary>
    internal SecretPatterns Secrets { get; set; } = SecretPatterns.None;

    /// <summary>Ends something with the step.</summary>
    internal T Own<T>(T resource)
        where T : IDisposable
    {
        _owned.Push(resource);
        return resource;
    }

    /// <summary>Removes a directory after the step.</summary>
    internal string OwnTree(string path)
    {
        _copies.Add(path);
        return path;
    }

    public void Dispose()
    {
        while (_owned.TryPop(out IDisposable? resource))
            resource.Dispose();
        foreach (string copy in _copies)
            WorkDirectory.RemoveTree(copy, records);
    }
}
