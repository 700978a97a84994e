// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;
using Kiln.Store;

namespace Kiln.Build.Transfers;

/// <summary>Opens images wherever they are: their documents, no layer.</summary>
internal sealed class ImageSources(TransferServices services)
{
    internal async Task<LocatedImage> OpenAsync(ImagePlace place, CancellationToken cancellationToken) => place switch
    {
        RegistryPlace registry => await services.Registry.LocateAsync(registry.Reference, cancellationToken),
        LayoutPlace layout => await (await ListAsync(layout, cancellationToken)).FindAsync(layout.Name, cancellationToken),
        ArchivePlace archive => await (await ListAsync(archive, cancellationToken)).FindAsync(archive.Name, cancellationToken),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>All images of a layout or an archive.</summary>
    internal async Task<StoredImages> ListAsync(ImagePlace place, CancellationToken cancellationToken) => place switch
    {
        LayoutPlace layout => await new OciLayoutReader(layout.Path).ListAsync(cancellationToken),
        ArchivePlace archive => await (await DockerArchiveReader.OpenAsync(archive.Path, NewScratch, cancellationToken)).ListAsync(cancellationToken),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private string NewScratch() => Path.Combine(services.Work().NewScratch(), "archive.tar");
}
