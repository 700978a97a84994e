// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Oci;

/// <summary>An image, or an index of images, by its own document, and the place where all else of it lies.</summary>
/// <param name="Place">For messages.</param>
/// <param name="Root">The manifest or the index.</param>
/// <param name="Content">Has what the root names.</param>
public sealed record LocatedImage(string Place, RawDocument Root, IImageContent Content)
{
    // An index may name an index; nobody nests them deeper.
    internal const int MaxIndexDepth = 4;

    /// <summary>What it is called there: whole names, or tags alone where nobody noted more.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The place has no manifest: this one was made of what there is, and nobody knows it by its digest yet.</summary>
    public bool IsAssembled { get; init; }

    /// <summary>The image for a platform: what an index has for it, or the image itself, whatever it is for.</summary>
    public async Task<LocatedImage> SelectAsync(Platform platform, CancellationToken cancellationToken)
    {
        RawDocument document = Root;
        for (int depth = 0; document.MediaType.IsIndex; depth++)
        {
            if (depth == MaxIndexDepth)
                throw DiagnosticRules.MalformedImage.Error($"`{Place}` is an index of indexes, nested deeper than {MaxIndexDepth}");
            document = await Content.ReadAsync(Choose(ImageIndex.Parse(document), platform), cancellationToken);
        }
        return this with { Root = document };
    }

    /// <summary>The image with its configuration; the root is no index.</summary>
    public async Task<Image> ReadImageAsync(CancellationToken cancellationToken)
    {
        ImageManifest manifest = ImageManifest.Parse(Root);
        RawDocument config = await Content.ReadAsync(manifest.Config, cancellationToken);
        return new Image(Root, config, [.. manifest.Layers.Select(layer => layer.MediaType.IsForeignLayer ? new UndistributedLayer(layer) : Content.Find(layer))]);
    }

    private Descriptor Choose(ImageIndex index, Platform platform)
    {
        if (index.Select(platform) is { } chosen)
            return chosen;
        string present = string.Join(", ", index.Platforms.Select(p => $"`{p.Normalised()}`").Distinct());
        throw DiagnosticRules.PlatformMissing.Error(
            $"`{Place}` has no image for `{platform}`", hint: present.Length == 0 ? null : $"it has {present}");
    }
}
