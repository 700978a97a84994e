// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Caching;
using Kiln.Build.Events;
using Kiln.Build.Stacks;
using Kiln.Contexts.Archives;
using Kiln.Contexts.Http;
using Kiln.Diagnostics;
using Kiln.Layers.Sources;
using Kiln.Layers.Trees;
using Kiln.Oci;
using Kiln.Store;

namespace Kiln.Build.Fetching;

/// <summary>
/// Makes a directory of a build context, wherever it is. What comes from elsewhere lies in the work directory and goes with it; it never gets out of its own directory there.
/// </summary>
public sealed class ContextFetcher(BuildServices services)
{
    /// <summary>Docker has the same bound for a Dockerfile that comes from elsewhere (moby/buildkit, dockerui).</summary>
    private const long LargestDockerfile = 64 << 20;

    /// <param name="location">Where it is.</param>
    /// <param name="subPath">A directory in it; empty for all of it.</param>
    /// <param name="cancellationToken">Ends the fetching.</param>
    public async Task<FetchedContext> FetchAsync(ContextLocation location, string subPath, CancellationToken cancellationToken)
    {
        FetchedContext context = location is DirectoryLocation local
            ? new FetchedContext(local.Path, IsForeign: false)
            : new FetchedContext(await FetchForeignAsync(location, cancellationToken), IsForeign: true);
        return context.Enter(location.Subdirectory, location.Name).Enter(subPath, location.Name);
    }

    /// <summary>A Dockerfile that a web server has.</summary>
    public async Task<byte[]> FetchDockerfileAsync(string url, CancellationToken cancellationToken)
    {
        string file = NewFile("Dockerfile");
        await services.Remotes.Http.DownloadSmallAsync(url, LargestDockerfile, file, cancellationToken);
        return await File.ReadAllBytesAsync(file, cancellationToken);
    }

    private async Task<string> FetchForeignAsync(ContextLocation location, CancellationToken cancellationToken)
    {
        services.Report(new Progress(location is ArchiveFileLocation ? $"unpacking {location}" : $"fetching {location}"));
        switch (location)
        {
            case GitLocation git:
                return await CloneAsync(git, cancellationToken);
            case ImageLocation image:
                return await UnpackImageAsync(image, cancellationToken);
            case ArchiveFileLocation file:
                return await UnpackAsync(file.Path, location, cancellationToken);
            default:
                string archive = NewFile("context");
                await using (new FetchReports(location.Name, archive, services.Time, services.Report))
                    await ReceiveAsync(location, archive, cancellationToken);
                string directory = await UnpackAsync(archive, location, cancellationToken);
                File.Delete(archive);
                return directory;
        }
    }

    private async Task ReceiveAsync(ContextLocation location, string path, CancellationToken cancellationToken)
    {
        Download? download = location switch
        {
            ArchiveUrlLocation url => await services.Remotes.Http.DownloadAsync(url.Url, null, path, cancellationToken),
            ObjectLocation stored => await services.Remotes.Http.DownloadAsync(stored.Object, path, cancellationToken),
            ArchiveStreamLocation stream => await CopyAsync(stream, path, cancellationToken),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        if (download is not null)
            services.Report(new Notice(NoticeLevel.Debug, $"{location} is {download.Digest} ({download.Size:N0} bytes)"));
    }

    private static async Task<Download?> CopyAsync(ArchiveStreamLocation location, string path, CancellationToken cancellationToken)
    {
        await using Stream source = location.Open();
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        await source.CopyToAsync(file, 128 * 1024, cancellationToken);
        return null;
    }

    private async Task<string> UnpackAsync(string archive, ContextLocation location, CancellationToken cancellationToken)
    {
        string directory = services.Work.NewScratch();
        ArchiveTree tree = await Task.Run(() => ArchiveTree.Unpack(new ScratchFileSource(archive), directory, location.Name, cancellationToken), cancellationToken);
        services.Report(new Notice(NoticeLevel.Info, $"the build context {location} has {tree.Entries:N0} entries, {ByteCount.Format(tree.Size)}"));
        if (tree.Devices > 0)
            services.Report(new Notice(NoticeLevel.Warning, $"the build context {location} has {tree.Devices:N0} device nodes, which are left out"));
        return directory;
    }

    private async Task<string> CloneAsync(GitLocation git, CancellationToken cancellationToken)
    {
        await using var reports = new FetchReports(git.Name, null, services.Time, services.Report);
        (string commit, string files) = await services.Remotes.Cloner.CloneAsync(git.Repository, services.Work.NewScratch(), cancellationToken);
        services.Report(new Notice(NoticeLevel.Info, $"{git} is at {commit}"));
        return files;
    }

    /// <summary>The image's layers on one another, as a step would see them; nothing belongs to anybody in a context.</summary>
    private async Task<string> UnpackImageAsync(ImageLocation location, CancellationToken cancellationToken)
    {
        var images = new ImageResolver(services with { Warmed = null }, "", [], new LostLayers());
        (ImageConfig _, StageResult image) = await images.ResolveAsync(location.Image, null, cancellationToken);
        await using var arrivals = new BlobArrivals(new BlobStore(services.Work.Blobs), cancellationToken);
        var indexes = new IndexCache(services.CacheDirectory, why => services.Report(new Notice(NoticeLevel.Debug, why)));
        var trees = new TreeOptions(OwnerMap.None, Merged: true, ContentOnly: !Environment.IsPrivilegedProcess);
        var depot = new LayerDepot(services.Work, indexes, arrivals, services.Report) { TreeOptions = trees };
        return (await depot.TakeMergedTreeAsync(image.Stack, "it is the build context", cancellationToken)).Path;
    }

    private string NewFile(string name) => Path.Combine(services.Work.NewScratch(), name);
}
