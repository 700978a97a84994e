// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Build.Copying;
using Kiln.Build.Stacks;
using Kiln.Contexts.Archives;
using Kiln.Layers;
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Layers.Trees;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Planning.Steps;

namespace Kiln.Build.Steps;

/// <summary>Lays a mount's source out on disk, as `COPY` would copy it: the copy is the step's own, so nothing of the source can be reached or changed.</summary>
internal sealed class SourceLayout(LayerDepot depot, SourceCatalog sources, WorkDirectory work, TimeProvider time)
{
    /// <summary>The path of the copy: the directory itself, or for a file one in it, with the file's name.</summary>
    internal async Task<string> WriteAsync(StepMount mount, string directory, CancellationToken cancellationToken)
    {
        using SourceLease source = await sources.OpenAsync(mount.From!, mount.Span, cancellationToken);
        ISourceTree tree = source.Tree;
        UnixPath path = UnixPath.Clean(mount.Source);
        LayerEntry entry = SourcePattern.FindFollowed(tree, path) ?? throw SourcePattern.NotFound(mount.Source);
        var operation = new CopyOperation(new StackView(), Settings(mount), new ArchiveSpool(work.Scratch));
        operation.CopyNamed(tree, path, unpackArchive: false, cancellationToken);
        await Task.Run(
            () =>
            {
                using DirectoryHandle target = DirectoryHandle.Open(directory);
                using var writer = new TreeWriter(target, new StackView(), depot.TreeOptions with { Merged = true });
                writer.Write(operation.Delta.ToEntries(new StackView(), null), cancellationToken);
            },
            cancellationToken);
        return entry.IsDirectory ? directory : Path.Combine(directory, Encoding.UTF8.GetString(path.Name));
    }

    private CopySettings Settings(StepMount mount) => new()
    {
        Destination = UnixPath.Root,
        DestinationIsDirectory = true,
        Span = mount.Span,
        Now = UnixTime.From(time.GetUtcNow()),
    };
}
