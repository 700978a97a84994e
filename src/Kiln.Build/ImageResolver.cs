// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Kiln.Build.Caching;
using Kiln.Build.Events;
using Kiln.Build.Stacks;
using Kiln.Build.Warming;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Planning.Sources;
using Kiln.Registry;
using Kiln.Store;

namespace Kiln.Build;

/// <summary>Finds images in registries, layouts and archives, each once: the manifest and the configuration, no layer.</summary>
/// <param name="services">What it needs of the world.</param>
/// <param name="context">The build context's directory.</param>
/// <param name="stages">The names that a Dockerfile gives its stages.</param>
/// <param name="lost">Layers that are not to be counted on, wherever else than in a registry they lie.</param>
internal sealed class ImageResolver(BuildServices services, string context, IEnumerable<string> stages, LostLayers lost)
{
    private readonly ConcurrentDictionary<SourceReference, Lazy<Task<(ImageConfig Config, StageResult Result)>>> _images = new();

    /// <summary>The layers of all of them.</summary>
    internal LayerCatalog Layers { get; } = new();

    internal Task<(ImageConfig Config, StageResult Result)> ResolveAsync(SourceReference source, SourceSpan? span, CancellationToken cancellationToken) =>
        _images.GetOrAdd(source, _ => new Lazy<Task<(ImageConfig, StageResult)>>(() => FindAsync(source, span, cancellationToken))).Value;

    private async Task<(ImageConfig Config, StageResult Result)> FindAsync(SourceReference source, SourceSpan? span, CancellationToken cancellationToken)
    {
        try
        {
            return source switch
            {
                ImageSource image => await PullAsync(image, cancellationToken),
                LayoutSource layout => await ReadAsync(layout, cancellationToken),
                ImageArchiveSource archive => await ReadAsync(archive, cancellationToken),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
        catch (BuildException e) when (e.Diagnostic.Span is null)
        {
            throw new BuildException(e.Diagnostic with { Span = span, Hint = FindMisspeltStage(source) ?? e.Diagnostic.Hint }, e);
        }
    }

    /// <summary>An image that files are taken from. Of bases the build checks say what is said here of its platform.</summary>
    internal async Task<StageResult> ResolveSourceAsync(SourceReference source, SourceSpan span, CancellationToken cancellationToken)
    {
        (ImageConfig config, StageResult result) = await ResolveAsync(source, span, cancellationToken);
        if (source is ImageSource image && image.Platform.Rank(config.Platform) is null)
            services.Report(new Notice(
                NoticeLevel.Warning,
                $"image {image.Reference.Familiar} was pulled with platform \"{config.Platform}\", expected \"{image.Platform}\" for current build",
                span));
        return result;
    }

    private async Task<(ImageConfig, StageResult)> PullAsync(ImageSource source, CancellationToken cancellationToken)
    {
        services.Report(new Progress($"resolving {source.Reference.Familiar}"));
        Image image = services.Warmed is { } warmed
            ? await PullAsync(source, warmed, cancellationToken)
            : (await services.Registry.PullImageAsync(source.Reference, source.Platform, cancellationToken)).Image;
        services.Report(new Notice(NoticeLevel.Debug, $"{source.Reference.Familiar} is {image.Digest}"));
        return ResultOf(image);
    }

    /// <summary>A digest is looked for among the warmed images first; what a tag stands for today only its registry knows. Layers are read where they are warm.</summary>
    private async Task<Image> PullAsync(ImageSource source, WarmedImages warmed, CancellationToken cancellationToken)
    {
        ImageReference reference = source.Reference;
        Image? found = reference.Digest is { } digest ? await warmed.FindAsync(digest, source.Platform, cancellationToken) : null;
        if (found is null)
        {
            RawDocument document = await services.Registry.PullManifestAsync(reference, cancellationToken);
            found = await warmed.FindAsync(document, source.Platform, cancellationToken)
                ?? (await services.Registry.PullImageAsync(reference, document, source.Platform, cancellationToken)).Image;
        }
        return new Image(
            found.Manifest, found.Config, [.. found.Layers.Select(layer => warmed.Open(new RemoteBlob(services.Registry, reference, layer.Descriptor), lost))]);
    }

    private async Task<(ImageConfig, StageResult)> ReadAsync(LayoutSource source, CancellationToken cancellationToken)
    {
        string directory = source.InContext ? ContextPath.Find(context, source.Directory) : source.Directory;
        return ResultOf(await new OciLayoutReader(directory).ReadAsync(source.Image, source.Platform, cancellationToken));
    }

    private async Task<(ImageConfig, StageResult)> ReadAsync(ImageArchiveSource source, CancellationToken cancellationToken)
    {
        string file = source.InContext ? ContextPath.Find(context, source.File) : source.File;
        DockerArchiveReader archive = await DockerArchiveReader.OpenAsync(file, () => Path.Combine(services.Work.NewScratch(), "archive.tar"), cancellationToken);
        LocatedImage found = await archive.FindAsync(source.Image, cancellationToken);
        Image image = await (await found.SelectAsync(source.Platform, cancellationToken)).ReadImageAsync(cancellationToken);
        return ResultOf(found.IsAssembled ? new Image(image.Manifest, image.Config, [.. image.Layers.Select(Mark)]) : image);
    }

    private static IBlobSource Mark(IBlobSource layer) =>
        layer.Descriptor.MediaType.Compression == LayerCompression.None ? new PlainLayer(layer) : layer;

    private (ImageConfig, StageResult) ResultOf(Image image)
    {
        ImageConfig config = ImageConfig.Parse(image.Config);
        return (config, new StageResult(Layers.StackOf(image, config), [.. config.History]));
    }

    /// <summary>A name that is no stage's is an image's. Where there is no such image either, a stage was probably meant.</summary>
    private string? FindMisspeltStage(SourceReference source) =>
        source is ImageSource image && Suggestion.Closest(image.Reference.Familiar.Split(':')[0], stages) is { } stage ? $"did you mean the stage `{stage}`?" : null;
}
