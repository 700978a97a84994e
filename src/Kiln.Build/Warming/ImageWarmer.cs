// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Kiln.Build.Events;
using Kiln.Diagnostics;
using Kiln.Dockerfile;
using Kiln.Linux;
using Kiln.Oci;
using Kiln.Planning;
using Kiln.Planning.Lint;
using Kiln.Planning.Sources;
using Kiln.Registry;

namespace Kiln.Build.Warming;

/// <summary>Puts images into a cache directory before builds want them: the layouts that <see cref="WarmedImages"/> finds, and the listings of their layers. An image that cannot be had is warned of, and the others go on.</summary>
/// <param name="registry">Images come from it.</param>
/// <param name="directory">The cache directory; made where there is none.</param>
/// <param name="timeToLive">Builds pass over what is older.</param>
/// <param name="time">The clock.</param>
/// <param name="report">Where events go; called from several threads.</param>
public sealed class ImageWarmer(RegistryClient registry, string directory, TimeSpan timeToLive, TimeProvider time, Action<BuildEvent> report)
{
    private const int ParallelImages = 2;

    private readonly WarmedLayouts _layouts = new(directory, timeToLive, time, report);

    /// <summary>False where there were images, and none of them is there now.</summary>
    /// <exception cref="BuildException">The Dockerfile is none.</exception>
    public async Task<bool> WarmAsync(WarmRequest request, CancellationToken cancellationToken)
    {
        _layouts.RemoveDead();
        // Null for those that failed.
        var tried = new ConcurrentDictionary<ImageSource, ImageConfig?>();
        await WarmAsync(request.Images.Select(image => new ImageSource(image, request.Plan.TargetPlatform)), request.Force, tried, cancellationToken);
        if (request.Dockerfile is { } dockerfile)
            await WarmAsync(dockerfile, request, tried, cancellationToken);
        return tried.IsEmpty || tried.Values.Any(config => config is not null);
    }

    /// <summary>The images of all stages, and those that the triggers of such an image name.</summary>
    private async Task WarmAsync(SourceText dockerfile, WarmRequest request, ConcurrentDictionary<ImageSource, ImageConfig?> tried, CancellationToken cancellationToken)
    {
        DockerfileDocument document = DockerfileParser.Parse(dockerfile);
        PlanOptions options = request.Plan with { AllStages = true };
        var planner = new BuildPlanner(document, options, PlanLint.Begin(document, options));
        var supplied = new HashSet<ImageSource>();
        while (planner.FindMissingImages().Select(missing => missing.Image).OfType<ImageSource>().Except(supplied).ToArray() is { Length: > 0 } images)
        {
            await WarmAsync(images.Where(image => !tried.ContainsKey(image)), request.Force, tried, cancellationToken);
            foreach (ImageSource image in images)
            {
                supplied.Add(image);
                if (tried[image] is { } config)
                    planner.Supply(image, config);
            }
        }
    }

    private async Task WarmAsync(IEnumerable<ImageSource> images, bool force, ConcurrentDictionary<ImageSource, ImageConfig?> tried, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = ParallelImages, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(images.Distinct(), options, async (image, token) => tried[image] = await TryWarmAsync(image, force, token));
    }

    private async Task<ImageConfig?> TryWarmAsync(ImageSource source, bool force, CancellationToken cancellationToken)
    {
        try
        {
            report(new Progress($"resolving {source.Reference.Familiar}"));
            LocatedImage root = await registry.LocateAsync(source.Reference, cancellationToken);
            Image image = await (await root.SelectAsync(source.Platform, cancellationToken)).ReadImageAsync(cancellationToken);
            ImageConfig config = ImageConfig.Parse(image.Config);
            await _layouts.AddAsync(source.Reference, image, config, root.Root, force, cancellationToken);
            return config;
        }
        catch (Exception e) when (e is BuildException or IOException or UnauthorizedAccessException or ErrnoException)
        {
            string hint = e is BuildException { Diagnostic: { } diagnostic } && (diagnostic.Hint ?? diagnostic.Rule.Cure) is { } text ? $" ({text})" : "";
            report(new Notice(NoticeLevel.Warning, $"{source.Reference.Familiar} is not warmed: {e.Message}{hint}"));
            return null;
        }
    }
}
