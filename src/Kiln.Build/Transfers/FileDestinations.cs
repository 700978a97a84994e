// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;
using Kiln.Oci;
using Kiln.Store;

namespace Kiln.Build.Transfers;

/// <summary>Writes an image to layouts and archives.</summary>
internal sealed class FileDestinations(TransferServices services)
{
    internal async Task WriteAsync(LocatedImage source, ImageTree image, ImagePlace destination, CancellationToken cancellationToken)
    {
        await using var meter = new TransferMeter("written", image.Blobs.Sum(blob => blob.Descriptor.Size), services.Time, services.Report);
        ImageTree watched = image.Map(meter.Watch);
        switch (destination)
        {
            case LayoutPlace layout:
                await new OciLayoutWriter(layout.Path, services.Time).WriteAsync(watched, NamesOf(source, layout.Name), cancellationToken);
                break;
            case ArchivePlace archive:
                ImageReference[] names = [.. NamesOf(source, archive.Name).Select(name => name.Image).OfType<ImageReference>()];
                await DockerArchiveWriter.WriteAsync(archive.Path, watched, await FindLoadedAsync(source, cancellationToken), names, cancellationToken);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
        services.Report(new ImagePublished(destination.ToString()!, image.Root.Digest.ToString()));
    }

    /// <summary>What was asked for, or what the image is called where it comes from.</summary>
    private static LayoutName[] NamesOf(LocatedImage source, string? name)
    {
        if (name is not null)
            return [NameOf(name)];
        LayoutName[] whole = [.. source.Names.Where(IsWhole).Select(NameOf)];
        // A layout notes a whole name and its tag.
        return whole.Length > 0 ? whole : [.. source.Names.Select(NameOf)];
    }

    private static LayoutName NameOf(string name) => IsWhole(name) ? LayoutName.Of(ImageReference.Parse(name)) : new LayoutName(name, null);

    private static bool IsWhole(string name) => name.AsSpan().ContainsAny("/:") && ImageReference.TryParse(name, out _);

    /// <summary>The image that a program gets from the archive which knows nothing of indexes: this machine's, or else the first.</summary>
    private async Task<Image> FindLoadedAsync(LocatedImage source, CancellationToken cancellationToken)
    {
        Platform platform = services.Platform;
        if (source.Root.MediaType.IsIndex && ImageIndex.Parse(source.Root) is var index && index.Select(platform) is null)
            platform = index.Platforms.FirstOrDefault() ?? platform;
        return await (await source.SelectAsync(platform, cancellationToken)).ReadImageAsync(cancellationToken);
    }
}
