// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Layers;
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Linux;

namespace Kiln.Build.Copying;

/// <summary>
/// The destination of one `COPY`: the stage as it is, and over it what this very step has put so far. It keeps the rules of replacing:
/// nothing turns a directory into a file or a file into a directory.
/// </summary>
internal sealed class CopyTarget(StackView below, CopySettings options)
{
    private static readonly StackView Nothing = new();

    private readonly StackView _below = options.Link ? Nothing : below;

    internal LayerDelta Delta { get; } = new();

    internal LayerEntry? Find(UnixPath path) => Delta.Find(path) ?? _below.Find(path)?.Entry;

    /// <summary>Where a destination leads through the links of the stage; what is missing at its end is still to be made.</summary>
    internal UnixPath Resolve(UnixPath path) =>
        PathResolution.Resolve(Find, path.Bytes, followLast: true) ?? throw NotADirectory(path);

    internal bool IsDirectory(UnixPath path) => path.IsRoot || Find(path) is { IsDirectory: true };

    /// <summary>Makes a directory and all above it, where they are missing: 0755 whatever `--chmod` says, of the `--chown` owner or root.</summary>
    internal void MakeDirectories(UnixPath path)
    {
        if (path.IsRoot)
            return;
        switch (Find(path))
        {
            case { IsDirectory: true }:
                return;
            case not null:
                throw NotADirectory(path);
        }
        MakeDirectories(path.Parent);
        (uint uid, uint gid) = options.Owner ?? (0, 0);
        Delta.Put(new LayerEntry
        {
            Path = path,
            Type = EntryType.Directory,
            Mode = 0x1ED,
            Uid = uid,
            Gid = gid,
            ModifiedTime = options.Now,
        });
    }

    internal void PutDirectory(LayerEntry entry)
    {
        if (entry.Path.IsRoot)
            return;
        if (Find(entry.Path) is { IsDirectory: false })
            throw CannotCopyToNonDirectory(entry.Path);
        Delta.Put(entry);
    }

    internal void PutFile(LayerEntry entry, ContentSource? content, object? linkGroup)
    {
        if (IsDirectory(entry.Path))
            throw DiagnosticRules.CopyKindConflict.Error(
                $"cannot replace to directory `/{entry.Path}` with file", hint: "name another destination, or remove the directory first");
        Delta.Put(entry, content, linkGroup);
    }

    internal static BuildException CannotCopyToNonDirectory(UnixPath path) =>
        DiagnosticRules.CopyKindConflict.Error(
            $"cannot copy to non-directory: `/{path}`", hint: "a directory is copied, but the destination is a file");

    private static BuildException NotADirectory(UnixPath path) =>
        DiagnosticRules.CopyKindConflict.Error($"mkdir `/{path}`: not a directory", hint: "a part of the destination's path is a file");
}
