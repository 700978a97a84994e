// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;
using Kiln.Build.Stacks;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Planning.Sources;
using Kiln.Registry;

namespace Kiln.Build;

/// <summary>Finds images in registries, each once: the manifest and the configuration, no layer.</summary>
internal sealed class ImageResolver(RegistryClient registry, IEnumerable<string> stages, Action<BuildEvent> report)
{
    private readonly Dictionary<ImageSource, (ImageConfig Config, StageResult Result)> _images = [];

    internal async Task<(ImageConfig Config, StageResult Result)> ResolveAsync(
        ImageSource source, SourceSpan span, CancellationToken cancellationToken)
    {
        if (_images.TryGetValue(source, out var known))
            return known;
        report(new Progress($"resolving {source.Reference.Familiar}"));
        try
        {
            RemoteImage image = await registry.PullImageAsync(source.Reference, source.Platform, cancellationToken);
            report(new Notice(NoticeLevel.Debug, $"{source.Reference.Familiar} is {image.Image.Digest}"));
            return _images[source] = (image.Config, new StageResult(Stack.Of(image.Image, image.Config), [.. image.Config.History]));
        }
        catch (BuildException e) when (e.Diagnostic.Span is null)
        {
            throw new BuildException(e.Diagnostic with { Span = span, Hint = FindMisspeltStage(source) ?? e.Diagnostic.Hint }, e);
        }
    }

    /// <summary>An image that files are taken from. Of bases the build checks say what is said here of its platform.</summary>
    internal async Task<StageResult> ResolveSourceAsync(ImageSource source, SourceSpan span, CancellationToken cancellationToken)
    {
        (ImageConfig config, StageResult result) = await ResolveAsync(source, span, cancellationToken);
        if (source.Platform.Rank(config.Platform) is null)
            report(new Notice(
                NoticeLevel.Warning,
                $"image {source.Reference.Familiar} was pulled with platform \"{config.Platform}\", expected \"{source.Platform}\" for current build",
                span));
        return result;
    }

    /// <summary>A name that is no stage's is an image's. Where there is no such image either, a stage was probably meant.</summary>
    private string? FindMisspeltStage(ImageSource source) =>
        Suggestion.Closest(source.Reference.Familiar.Split(':')[0], stages) is { } stage ? $"did you mean the stage `{stage}`?" : null;
}
