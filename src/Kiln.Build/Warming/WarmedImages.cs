// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Kiln.Build.Caching;
using Kiln.Build.Events;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Store;

namespace Kiln.Build.Warming;

/// <summary>
/// The images that <see cref="ImageWarmer"/>, or kaniko's, put into a directory, which may be read-only. All is found by digest and checked against it, so that whoever writes there can at worst have the registry asked.
/// </summary>
/// <param name="directory">The cache directory.</param>
/// <param name="timeToLive">An image is passed over that was put there longer ago, by the time of its directory.</param>
/// <param name="time">The clock.</param>
/// <param name="report">Where events go.</param>
public sealed class WarmedImages(string directory, TimeSpan timeToLive, TimeProvider time, Action<BuildEvent> report)
{
    private readonly WarmedDirectory _directory = new(directory);
    private readonly ConcurrentDictionary<string, bool> _said = new();

    /// <summary>Whether a directory holds any, new or old.</summary>
    public static bool AreIn(string directory) => new WarmedDirectory(directory).Layouts().Count > 0;

    /// <summary>The image that a digest stands for, of whose layers nothing is read; an index's too, where it was warmed by that. Null where there is none that counts.</summary>
    internal async Task<Image?> FindAsync(Digest digest, Platform platform, CancellationToken cancellationToken) =>
        await ReadIndexAsync(digest, cancellationToken) is { } index ? await FindAsync(index, platform, cancellationToken) : await ReadAsync(digest, cancellationToken);

    /// <summary>The image of a manifest or an index that is at hand.</summary>
    internal async Task<Image?> FindAsync(RawDocument document, Platform platform, CancellationToken cancellationToken)
    {
        Digest? manifest = document.MediaType.IsIndex ? ImageIndex.Parse(document).Select(platform)?.Digest : document.Digest;
        return manifest is { } digest ? await ReadAsync(digest, cancellationToken) : null;
    }

    /// <summary>A layer, which is read here where some image has it, and else where it lies.</summary>
    /// <param name="layer">Where it lies.</param>
    /// <param name="lost">Has those that turned out to be broken, and is told of more.</param>
    internal IBlobSource Open(IBlobSource layer, LostLayers lost)
    {
        if (lost.Contains(layer.Descriptor.Digest))
            return layer;
        foreach (string layout in _directory.Layouts().Where(IsGood))
            if (WarmedDirectory.BlobsOf(layout).TryFind(layer.Descriptor, out FileBlob? file))
                return new WarmedBlob(file, layer, () => Refuse(file, lost));
        return layer;
    }

    private void Refuse(FileBlob file, LostLayers lost)
    {
        lost.Add(file.Descriptor.Digest);
        Say(NoticeLevel.Warning, $"the warmed layer `{file.Path}` is broken: the registry is asked for it; `kiln warmer --force` repairs it");
    }

    private bool IsGood(string layout)
    {
        if (time.GetUtcNow().UtcDateTime - Directory.GetLastWriteTimeUtc(layout) <= timeToLive)
            return true;
        Say(NoticeLevel.Debug, $"the warmed image `{layout}` is older than `--cache-ttl`, and passed over");
        return false;
    }

    private async Task<Image?> ReadAsync(Digest manifest, CancellationToken cancellationToken)
    {
        string layout = _directory.LayoutOf(manifest);
        if (!Directory.Exists(layout) || !IsGood(layout))
            return null;
        try
        {
            return await ReadLayoutAsync(layout, manifest, cancellationToken);
        }
        catch (Exception e) when (e is BuildException or IOException or UnauthorizedAccessException)
        {
            Say(NoticeLevel.Warning, $"the warmed image `{layout}` is passed over: {e.Message}");
            return null;
        }
    }

    /// <summary>What a layout has under a digest; an error where it is not whole.</summary>
    internal static async Task<Image> ReadLayoutAsync(string layout, Digest manifest, CancellationToken cancellationToken)
    {
        StoredImages images = await new OciLayoutReader(layout).ListAsync(cancellationToken);
        return await (await images.FindAsync(manifest.ToString(), cancellationToken)).ReadImageAsync(cancellationToken);
    }

    private async Task<RawDocument?> ReadIndexAsync(Digest digest, CancellationToken cancellationToken)
    {
        var file = new FileInfo(WarmedDirectory.BlobsOf(_directory.Indexes).PathOf(digest));
        try
        {
            if (!file.Exists)
                return null;
            var descriptor = new Descriptor { MediaType = MediaType.OciIndex, Digest = digest, Size = file.Length };
            return await new OciLayoutReader(_directory.Indexes).ReadAsync(descriptor, cancellationToken);
        }
        catch (Exception e) when (e is BuildException or IOException or UnauthorizedAccessException)
        {
            Say(NoticeLevel.Warning, $"the index `{file.FullName}` is passed over: {e.Message}");
            return null;
        }
    }

    /// <summary>Each thing once a build.</summary>
    private void Say(NoticeLevel level, string text)
    {
        if (_said.TryAdd(text, true))
            report(new Notice(level, text));
    }
}
