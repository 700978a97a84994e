// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Build.Stacks;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Build.Outputs;

/// <summary>Puts the image together: configuration, history and layers, as BuildKit's exporter does.</summary>
internal static class ImageAssembly
{
    internal static Image Assemble(ImageConfig config, StageResult result, ImageFormat format, ImmutableSortedDictionary<string, string> annotations)
    {
        if (format == ImageFormat.Docker && result.Stack.Layers.FirstOrDefault(l => l.Descriptor.MediaType.Compression == LayerCompression.Zstd) is { } modern)
            throw DiagnosticRules.InvalidArgument.Error(
                $"the layer {modern.Descriptor.Digest} is packed by zstd, for which `--image-format=docker` has no word", hint: "leave `--image-format` out, or use `oci`");
        ImmutableArray<HistoryEntry> history = MatchLayers(FillTimes(result.History), result.Stack.Layers.Length);
        ImageConfig complete = config with
        {
            Created = history.LastOrDefault(h => h.Created is not null)?.Created,
            History = history,
            RootFs = new RootFs { DiffIds = [.. result.Stack.Layers.Select(l => l.DiffId)] },
        };
        return Image.Create(complete, [.. result.Stack.Layers.Select(l => l.File is { } file ? new LocatedBlob(file, l.Blob.Origin) : l.Blob)], format, annotations);
    }

    /// <summary>
    /// Entries without a time get that of the first one after the gap that has one, or the last of all; behind each gap the next one that has
    /// a time takes over.
    /// </summary>
    internal static ImmutableArray<HistoryEntry> FillTimes(ImmutableArray<HistoryEntry> history)
    {
        int gap = history.ToList().FindIndex(h => h.Created is null);
        if (gap < 0)
            return history;
        Timestamp? fallback = history.Skip(gap).FirstOrDefault(h => h.Created is not null)?.Created
            ?? history.LastOrDefault(h => h.Created is not null)?.Created;
        var filled = history.ToBuilder();
        for (int i = gap; i < filled.Count; i++)
        {
            if (filled[i].Created is { } time)
                fallback = time;
            else
                filled[i] = filled[i] with { Created = fallback };
        }
        return filled.ToImmutable();
    }

    /// <summary>As many entries with a layer as there are layers: what is missing is added, what is too many is marked empty.</summary>
    internal static ImmutableArray<HistoryEntry> MatchLayers(ImmutableArray<HistoryEntry> history, int layers)
    {
        int entries = history.Count(h => !h.EmptyLayer);
        if (entries == layers)
            return history;
        if (entries < layers)
            return history.AddRange(Enumerable.Repeat(
                new HistoryEntry { Created = history.LastOrDefault()?.Created, Comment = "buildkit.exporter.image.v0" }, layers - entries));
        int seen = 0;
        return [.. history.Select(h => h.EmptyLayer || ++seen <= layers ? h : h with { EmptyLayer = true })];
    }
}
