// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Globalization;
using Kiln.Build.Steps;
using Kiln.Cache;
using Kiln.Diagnostics;
using Kiln.Dockerfile.Instructions;
using Kiln.Layers.Sources;
using Kiln.Planning.Sources;
using Kiln.Planning.Steps;

namespace Kiln.Build.Caching;

/// <summary>
/// The parts of a key that say what is in the files that a step reads. Of files on this machine and of what was fetched it is their content, of an image its layers; a stage stands for its files by its
/// own last key as long as it has not been carried out, and by their content where it has.
/// </summary>
/// <param name="sources">Opens them.</param>
/// <param name="images">Knows the layers of images.</param>
/// <param name="remotes">Fetches.</param>
internal sealed class FileParts(SourceCatalog sources, ImageResolver images, RemoteSources remotes)
{
    private readonly ConcurrentDictionary<SourceReference, FileDigests> _digests = new();

    /// <summary>The parts without any stage's being carried out.</summary>
    internal Task<IReadOnlyList<FilePart>> OfDefinitionAsync(BuildStep step, CancellationToken cancellationToken) => FindAsync(step, opensStages: false, cancellationToken);

    /// <summary>The parts by content alone, for which the stages that files are taken from are carried out.</summary>
    internal Task<IReadOnlyList<FilePart>> OfContentAsync(BuildStep step, CancellationToken cancellationToken) => FindAsync(step, opensStages: true, cancellationToken);

    private async Task<IReadOnlyList<FilePart>> FindAsync(BuildStep step, bool opensStages, CancellationToken cancellationToken)
    {
        var parts = new List<FilePart>();
        switch (step)
        {
            case CopyStep copy:
                for (int i = 0; i < copy.Sources.Length; i++)
                    parts.AddRange(await OfSourceAsync(copy, i, opensStages, cancellationToken));
                break;
            case RunStep run:
                for (int i = 0; i < run.Mounts.Length; i++)
                    if (run.Mounts[i].From is not null)
                        parts.AddRange(await OfMountAsync(run.Mounts[i], i, opensStages, cancellationToken));
                break;
        }
        return Distinct(parts);
    }

    private async Task<IReadOnlyList<FilePart>> OfSourceAsync(CopyStep copy, int number, bool opensStages, CancellationToken cancellationToken)
    {
        CopySource source = copy.Sources[number];
        string name = Numbered("files", number);
        if (await FindIdentityAsync(source.From, source.Span, name, opensStages, cancellationToken) is { } whole)
            return
            [
                whole,
                FilePart.Of(KeyPart.Of(Numbered("path", number), source.Path)),
                .. copy.Excludes.Select((pattern, i) => FilePart.Of(KeyPart.Of(Numbered($"exclude {i.ToString(CultureInfo.InvariantCulture)} of", number), pattern))),
            ];
        return await ListAsync(source.From, source.Span, name, listing => listing.Add(copy, source, cancellationToken), cancellationToken);
    }

    /// <summary>What a cache holds is nobody's input, and what it begins with is so only where it is the same in every build.</summary>
    private async Task<IReadOnlyList<FilePart>> OfMountAsync(StepMount mount, int number, bool opensStages, CancellationToken cancellationToken)
    {
        string name = Numbered("files of mount", number);
        if (mount.Type == MountType.Cache && !mount.From!.IsImage)
            return [];
        if (await FindIdentityAsync(mount.From!, mount.Span, name, opensStages, cancellationToken) is { } whole)
            return [whole];
        return await ListAsync(mount.From!, mount.Span, name, listing => listing.Add(mount, cancellationToken), cancellationToken);
    }

    /// <summary>What a source is as a whole; null where its files have to be looked at.</summary>
    private async Task<FilePart?> FindIdentityAsync(SourceReference source, SourceSpan span, string name, bool opensStages, CancellationToken cancellationToken)
    {
        if (source is StageSource stage)
            return opensStages ? null : FilePart.OfStage(name, stage.Index);
        string? identity = source switch
        {
            { IsImage: true } => $"image {(await images.ResolveSourceAsync(source, span, cancellationToken)).Stack.Identity?.ToString()}",
            ScratchSource => "scratch",
            HttpSource or GitSource => $"remote {await remotes.IdentifyAsync(source, span, cancellationToken)}",
            _ => null,
        };
        return identity is null ? null : FilePart.Of(KeyPart.Of(name, identity));
    }

    private async Task<IReadOnlyList<FilePart>> ListAsync(
        SourceReference source, SourceSpan span, string name, Action<SourceListing> add, CancellationToken cancellationToken)
    {
        using SourceLease lease = await sources.OpenAsync(source, span, cancellationToken);
        ISourceTree tree = lease.Tree;
        var listing = new SourceListing(tree, _digests.GetOrAdd(source, _ => new FileDigests()));
        await Task.Run(() => add(listing), cancellationToken);
        return [.. (await listing.CompleteAsync(name, cancellationToken)).Select(FilePart.Of)];
    }

    /// <summary>The first of several needs no number: mostly it is the only one.</summary>
    private static string Numbered(string name, int number) => number == 0 ? name : $"{name} {number.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Two sources may have a file of the same path.</summary>
    private static List<FilePart> Distinct(List<FilePart> parts)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        return [.. parts.Select(part =>
        {
            string name = part.Part.Name;
            for (int i = 2; !names.Add(name); i++)
                name = $"{part.Part.Name} #{i.ToString(CultureInfo.InvariantCulture)}";
            return part with { Part = part.Part with { Name = name } };
        })];
    }
}
