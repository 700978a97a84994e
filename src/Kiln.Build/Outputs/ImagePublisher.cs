// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.Store;

namespace Kiln.Build.Outputs;

/// <summary>Takes a finished image everywhere it shall go. Files first, then registries, and the digest file when all else succeeded.</summary>
internal sealed class ImagePublisher(RegistryClient registry, LayerUploads uploads, Action<BuildEvent> report)
{
    internal async Task PublishAsync(Image image, OutputOptions outputs, CancellationToken cancellationToken)
    {
        try
        {
            await WriteFilesAsync(image, outputs, cancellationToken);
            if (!outputs.NoPush)
                await PushAsync(image, outputs, cancellationToken);
            if (outputs.DigestFile is { } file)
                await File.WriteAllTextAsync(file, image.Digest.ToString(), cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DiagnosticRules.OutputFailed.Error($"the image cannot be written: {e.Message}", inner: e);
        }
        if (outputs is { NoPush: true, TarPath: null, OciLayoutPath: null })
            report(new ImagePublished("built, not pushed", image.Digest.ToString()));
    }

    private async Task WriteFilesAsync(Image image, OutputOptions outputs, CancellationToken cancellationToken)
    {
        if (outputs.OciLayoutPath is { } layout)
        {
            await new OciLayoutWriter(layout).WriteAsync(image, outputs.Destinations, cancellationToken);
            report(new ImagePublished(layout, image.Digest.ToString()));
        }
        if (outputs.TarPath is { } archive)
        {
            await DockerArchiveWriter.WriteAsync(archive, image, outputs.Destinations, cancellationToken);
            report(new ImagePublished(archive, image.Digest.ToString()));
        }
    }

    private async Task PushAsync(Image image, OutputOptions outputs, CancellationToken cancellationToken)
    {
        foreach (ImageReference destination in outputs.Destinations)
        {
            report(new Progress($"pushing {destination.Familiar}"));
            await registry.PushImageAsync(destination, image, uploads.PresentIn(destination), cancellationToken);
            report(new ImagePublished(destination.Familiar, image.Digest.ToString()));
        }
    }
}
