// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Kiln.Build.Events;
using Kiln.Diagnostics;
using Kiln.Http;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.Registry.Push;

namespace Kiln.Build.Outputs;

/// <summary>Takes a finished image everywhere it shall go. Files first, then registries, and the reports when all else succeeded.</summary>
/// <param name="registry">Takes images.</param>
/// <param name="uploads">What was sent already.</param>
/// <param name="uploader">Takes reports.</param>
/// <param name="files">Writes to disk.</param>
/// <param name="report">Where events go.</param>
/// <param name="published">Gets the places where the image is, as it comes there.</param>
internal sealed class ImagePublisher(
    RegistryClient registry, LayerUploads uploads, TextUploader uploader, FileOutputWriter files, Action<BuildEvent> report, ConcurrentQueue<ImagePublished> published)
{
    /// <param name="image">The image.</param>
    /// <param name="tree">Its files, where an output wants them.</param>
    /// <param name="outputs">Where to.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal async Task PublishAsync(Image image, TargetFiles? tree, OutputOptions outputs, CancellationToken cancellationToken)
    {
        try
        {
            foreach (FileOutput output in outputs.Files)
            {
                await files.WriteAsync(output, image, tree, outputs.Destinations, cancellationToken);
                string place = output.Path ?? "the standard output";
                if (output.IsTree)
                    report(new Notice(NoticeLevel.Info, $"the image's files are in {place}"));
                else
                    published.Enqueue(new ImagePublished(place, image.Digest.ToString()));
            }
            if (!outputs.NoPush)
                await PushAsync(image, outputs, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DiagnosticRules.OutputFailed.Error($"the image cannot be written: {e.Message}", inner: e);
        }
        await new ReportWriter(outputs.Reports, uploader).WriteAsync(image, outputs.Destinations, cancellationToken);
        if (outputs is { NoPush: true, Files.IsEmpty: true })
            published.Enqueue(new ImagePublished(null, image.Digest.ToString()));
    }

    /// <summary>Every blob is everywhere before anything names the image: a registry that fails leaves no tag in the others.</summary>
    private async Task PushAsync(Image image, OutputOptions outputs, CancellationToken cancellationToken)
    {
        ImageReference[][] registries = [.. outputs.Destinations.DistinctBy(d => d.Name).GroupBy(d => d.Host).Select(g => g.ToArray())];
        foreach (ImageReference destination in outputs.Destinations)
            report(new Progress($"pushing {destination.Familiar}"));
        await Parallel.ForEachAsync(
            registries,
            new ParallelOptions { MaxDegreeOfParallelism = registries.Length, CancellationToken = cancellationToken },
            async (repositories, token) =>
            {
                foreach (ImageReference repository in repositories)
                    await registry.PushBlobsAsync(repository, image, uploads.PresentIn(repository), token);
            });
        // To the end, also where one fails: who reads the error knows what is tagged and what is not.
        BuildException[] failures = [.. (await Task.WhenAll(outputs.Destinations.Select(d => FindFailureAsync(d, image, cancellationToken)))).OfType<BuildException>()];
        if (failures.Length > 0)
            throw new BuildException(failures[0].Diagnostic, failures[0]) { Further = [.. failures.Skip(1).Select(failure => failure.Diagnostic)] };
    }

    private async Task<BuildException?> FindFailureAsync(ImageReference destination, Image image, CancellationToken cancellationToken)
    {
        try
        {
            ManifestPush how = await registry.TagImageAsync(destination, image, cancellationToken);
            if (how == ManifestPush.KeptOther)
                report(new Notice(NoticeLevel.Warning, $"{destination.Familiar} is immutable and stays the other image that it is"));
            else
                published.Enqueue(new ImagePublished(destination.Familiar, image.Digest.ToString()));
            return null;
        }
        catch (BuildException e)
        {
            return e;
        }
    }
}
