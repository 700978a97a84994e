// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;
using Kiln.Diagnostics;
using Kiln.Http;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.Registry.Push;
using Kiln.Store;

namespace Kiln.Build.Outputs;

/// <summary>Takes a finished image everywhere it shall go. Files first, then registries, and the reports when all else succeeded.</summary>
internal sealed class ImagePublisher(RegistryClient registry, LayerUploads uploads, TextUploader uploader, TimeProvider time, Action<BuildEvent> report)
{
    internal async Task PublishAsync(Image image, OutputOptions outputs, CancellationToken cancellationToken)
    {
        try
        {
            await WriteFilesAsync(image, outputs, cancellationToken);
            if (!outputs.NoPush)
                await PushAsync(image, outputs, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DiagnosticRules.OutputFailed.Error($"the image cannot be written: {e.Message}", inner: e);
        }
        await new ReportWriter(outputs.Reports, uploader).WriteAsync(image, outputs.Destinations, cancellationToken);
        if (outputs is { NoPush: true, TarPath: null, OciLayoutPath: null })
            report(new ImagePublished("built, not pushed", image.Digest.ToString()));
    }

    private async Task WriteFilesAsync(Image image, OutputOptions outputs, CancellationToken cancellationToken)
    {
        if (outputs.OciLayoutPath is { } layout)
        {
            await new OciLayoutWriter(layout, time).WriteAsync(image, outputs.Destinations, cancellationToken);
            report(new ImagePublished(layout, image.Digest.ToString()));
        }
        if (outputs.TarPath is { } archive)
        {
            await DockerArchiveWriter.WriteAsync(archive, image, outputs.Destinations, cancellationToken);
            report(new ImagePublished(archive, image.Digest.ToString()));
        }
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
                report(new ImagePublished(destination.Familiar, image.Digest.ToString()));
            return null;
        }
        catch (BuildException e)
        {
            return e;
        }
    }
}
