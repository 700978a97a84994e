// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Store;

/// <summary>
/// Writes images into a directory as an OCI image layout. A layout that is there keeps its other images; the index is written last, so
/// that it never names what is not complete. An image in Docker's media types is written as it is; some readers want OCI's here.
/// </summary>
public sealed class OciLayoutWriter(string directory)
{
    /// <summary>Adds an image under each of the names, in place of what had it; without names, as the one that has none.</summary>
    public async Task WriteAsync(Image image, IReadOnlyList<ImageReference> names, CancellationToken cancellationToken)
    {
        ImageIndex index = await PrepareAsync(cancellationToken);
        var blobs = new BlobStore(Path.Combine(directory, OciLayout.BlobsDirectory));
        IEnumerable<IBlobSource> layers = image.Layers.Where(layer => !layer.Descriptor.MediaType.IsForeignLayer);
        foreach (IBlobSource blob in layers.Append(image.Config).Append(image.Manifest))
            await blobs.AddAsync(blob, cancellationToken);

        Descriptor[] added = [.. EntriesOf(image, names)];
        IEnumerable<Descriptor> kept = index.Manifests.Where(old => !added.Any(entry => HaveSameName(entry, old)));
        ImageIndex written = index with { Manifests = [.. kept, .. added] };
        Disk.Replace(Path.Combine(directory, OciLayout.IndexFile), written.ToDocument().Content.Span);
    }

    private static IEnumerable<Descriptor> EntriesOf(Image image, IReadOnlyList<ImageReference> names)
    {
        Descriptor entry = image.Manifest.Descriptor;
        return names.Count == 0
            ? [entry]
            : names.Select(name => entry with
            {
                Annotations = StringMap.Empty
                    .Add(OciLayout.RefName, name.Tag ?? ImageReference.DefaultTag)
                    .Add(OciLayout.ImageName, name.ToString()),
            });
    }

    private static bool HaveSameName(Descriptor a, Descriptor b) =>
        a.Annotations.GetValueOrDefault(OciLayout.ImageName) == b.Annotations.GetValueOrDefault(OciLayout.ImageName)
        && a.Annotations.GetValueOrDefault(OciLayout.RefName) == b.Annotations.GetValueOrDefault(OciLayout.RefName);

    private async Task<ImageIndex> PrepareAsync(CancellationToken cancellationToken)
    {
        Disk.Write(directory, () => Directory.CreateDirectory(directory));
        string marker = Path.Combine(directory, OciLayout.MarkerFile);
        if (!File.Exists(marker))
        {
            if (Directory.EnumerateFileSystemEntries(directory).Any())
                throw DiagnosticRules.ImageUnwritable.Error($"`{directory}` is neither empty nor an OCI image layout");
            Disk.Replace(marker, Encoding.UTF8.GetBytes(OciLayout.Marker));
        }
        return File.Exists(Path.Combine(directory, OciLayout.IndexFile))
            ? await new OciLayoutReader(directory).ReadIndexAsync(cancellationToken)
            : new ImageIndex { MediaType = MediaType.OciIndex };
    }
}
