// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Diagnostics;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Oci;

namespace Kiln.Store;

/// <summary>
/// Writes images into a directory as an OCI image layout. A layout that is there keeps its other images, also those that somebody adds meanwhile; the index is
/// written last, so that it never names what is not complete. An image in Docker's media types is written as it is; some readers want OCI's here.
/// </summary>
public sealed class OciLayoutWriter(string directory, TimeProvider time)
{
    private const int ParallelBlobs = 4;

    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(20);

    /// <summary>Adds an image under each of the names, in place of what had it; without names, as the one that has none.</summary>
    public Task WriteAsync(Image image, IReadOnlyList<ImageReference> names, CancellationToken cancellationToken) =>
        WriteAsync(ImageTree.Of(image), [.. names.Select(LayoutName.Of)], cancellationToken);

    /// <inheritdoc cref="WriteAsync(Image, IReadOnlyList{ImageReference}, CancellationToken)"/>
    public async Task WriteAsync(ImageTree image, IReadOnlyList<LayoutName> names, CancellationToken cancellationToken)
    {
        Prepare();
        var blobs = new BlobStore(Path.Combine(directory, OciLayout.BlobsDirectory));
        var options = new ParallelOptions { MaxDegreeOfParallelism = ParallelBlobs, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(image.Blobs, options, async (blob, token) => await blobs.AddAsync(blob, token));
        foreach (RawDocument document in image.Documents)
            await blobs.AddAsync(document, cancellationToken);

        Descriptor[] added = [.. LayoutName.EntriesOf(image.Root.Descriptor, names)];
        await ChangeIndexAsync(index => index with { Manifests = [.. index.Manifests.Where(old => !added.Any(entry => LayoutName.Replaces(entry, old))), .. added] }, cancellationToken);
    }

    /// <summary>Changes the index in one step among all who write to the layout, which it makes where there is none. What it names has to be there already.</summary>
    public async Task ChangeIndexAsync(Func<ImageIndex, ImageIndex> change, CancellationToken cancellationToken)
    {
        Prepare();
        using FileLock held = await LockAsync(cancellationToken);
        ImageIndex written = change(await ReadIndexAsync(cancellationToken));
        Disk.Replace(Path.Combine(directory, OciLayout.IndexFile), written.ToDocument().Content.Span);
    }

    /// <summary>Makes the directory a layout, unless it is one.</summary>
    public void Prepare()
    {
        Disk.Write(directory, () => Directory.CreateDirectory(directory));
        string marker = Path.Combine(directory, OciLayout.MarkerFile);
        if (File.Exists(marker))
            return;
        // Others may be about to make it a layout: what they write first is the marker, and before that its beginnings.
        bool hasOthers = Disk.Write(directory, () => Directory.EnumerateFileSystemEntries(directory).Any(entry => !entry.StartsWith(marker, StringComparison.Ordinal)));
        if (hasOthers && !File.Exists(marker))
            throw DiagnosticRules.ImageUnwritable.Error(
                $"`{directory}` is neither empty nor an OCI image layout", hint: "name a directory that is not there yet, or one that holds a layout");
        Disk.CreateOnce(marker, Encoding.UTF8.GetBytes(OciLayout.Marker));
    }

    /// <summary>Reading, changing and replacing the index is one step among all that write to the layout.</summary>
    private async Task<FileLock> LockAsync(CancellationToken cancellationToken)
    {
        string path = Path.Combine(directory, OciLayout.MarkerFile);
        try
        {
            while (true)
            {
                if (FileLock.TryTake(path) is { } held)
                    return held;
                await Task.Delay(BetweenTries, time, cancellationToken);
            }
        }
        catch (ErrnoException e)
        {
            throw DiagnosticRules.ImageUnwritable.Error($"`{path}` cannot be locked: {e.Message}", inner: e);
        }
    }

    private async Task<ImageIndex> ReadIndexAsync(CancellationToken cancellationToken) => File.Exists(Path.Combine(directory, OciLayout.IndexFile))
        ? await new OciLayoutReader(directory).ReadIndexAsync(cancellationToken)
        : new ImageIndex { MediaType = MediaType.OciIndex };
}
