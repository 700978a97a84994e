// SPDX-License-Identifier: Apache-2.0
using Kiln.Contexts;
using Kiln.Diagnostics;
using Kiln.Layers;
using Kiln.Layers.Indexes;
using Kiln.Linux.Files;

namespace Kiln.Build.Fetching;

/// <summary>
/// A build context that is a directory of this machine now. One that came from elsewhere can hold links to anywhere: those are followed inside it, as if it were the root.
/// </summary>
/// <param name="Directory">From the root of the machine.</param>
/// <param name="IsForeign">Whether it came from elsewhere, and lies in the work directory.</param>
public sealed record FetchedContext(string Directory, bool IsForeign)
{
    /// <summary>Where a file of the context is; null where it has none of that path.</summary>
    public string? FindFile(string path) => Find(path) is { } found && File.Exists(found) ? found : null;

    /// <summary>The context that a directory of this one is.</summary>
    /// <param name="subdirectory">Empty for this one.</param>
    /// <param name="name">What this one is called in messages.</param>
    internal FetchedContext Enter(string subdirectory, string name)
    {
        if (subdirectory.Trim('/') is "" or ".")
            return this;
        return Find(subdirectory.TrimStart('/')) is { } found && System.IO.Directory.Exists(found)
            ? this with { Directory = found }
            : throw DiagnosticRules.ContextNotFound.Error($"the build context `{name}` has no directory `{subdirectory}`", hint: "`--context-sub-path` names a directory in the context");
    }

    private string? Find(string path)
    {
        if (!IsForeign)
            return Path.Combine(Directory, path);
        if (path.StartsWith('/'))
            return null; // Of this machine, and not of the context.
        using var files = new DirectoryContext(DirectoryHandle.Open(Directory), null);
        return PathResolution.Resolve(files.Find, System.Text.Encoding.UTF8.GetBytes(path), followLast: true) is { } real && files.Find(real)?.Type is EntryType.File or EntryType.Directory
            ? Path.Combine(Directory, real.ToString())
            : null;
    }
}
