// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Globalization;
using Kiln.Build.Events;
using Kiln.Contexts.Archives;
using Kiln.Contexts.Git;
using Kiln.Contexts.Http;
using Kiln.Diagnostics;
using Kiln.Layers.Sources;
using Kiln.Layers.Tar;
using Kiln.Linux.Files;
using Kiln.Planning;
using Kiln.Planning.Sources;
using Kiln.Planning.Steps;

namespace Kiln.Build.Steps;

/// <summary>Fetches what lies elsewhere, by http and git, each once a build. It owns the handles; the files go with the work directory.</summary>
internal sealed class RemoteSources(RemoteAccess access, WorkDirectory work, Action<BuildEvent> report) : IDisposable
{
    private readonly ConcurrentDictionary<SourceReference, Lazy<Task<RemoteTree>>> _trees = new();
    private readonly ConcurrentBag<GitContext> _checkouts = [];

    /// <summary>Refuses, before anything is built, what cannot be had on this machine.</summary>
    internal void Check(BuildPlan plan)
    {
        if (!access.Git.IsInstalled && Uses(plan).FirstOrDefault(use => use.Source is GitSource) is { Source: not null } needed)
            throw GitFetcher.NotInstalled(needed.Span);
    }

    internal Task<RemoteTree> OpenAsync(SourceReference source, SourceSpan? span, CancellationToken cancellationToken) =>
        _trees.GetOrAdd(source, _ => new Lazy<Task<RemoteTree>>(() => FetchAsync(source, span, cancellationToken))).Value;

    /// <summary>What a URL or a repository has, so that two of the same have the same files. Where the Dockerfile says it, nobody is asked.</summary>
    internal async Task<string> IdentifyAsync(SourceReference source, SourceSpan span, CancellationToken cancellationToken)
    {
        if (source is HttpSource { Checksum: { } checksum })
            return checksum.ToString();
        string version = (source as GitSource)?.FindCommit() ?? (await OpenAsync(source, span, cancellationToken)).Version;
        return source is not GitSource git
            ? version
            : $"{version} {git.Submodules} {git.CommitTimes} {git.Subdirectory.Length} {git.Subdirectory}{(git.KeepsGitDirectory == true ? $" of {git.Remote} at {git.Reference}" : "")}";
    }

    private async Task<RemoteTree> FetchAsync(SourceReference source, SourceSpan? span, CancellationToken cancellationToken)
    {
        report(new Progress($"fetching {source}"));
        try
        {
            return source switch
            {
                HttpSource http => await DownloadAsync(http, cancellationToken),
                ArchiveSource archive => await OpenArchiveAsync(archive, cancellationToken),
                GitSource git => await CheckOutAsync(git, cancellationToken),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
        catch (BuildException e) when (e.Diagnostic.Span is null)
        {
            throw new BuildException(e.Diagnostic with { Span = span }, e);
        }
    }

    /// <summary>How old a source is, for SOURCE_DATE_EPOCH; null for one on this machine, which has no time of its own.</summary>
    internal async Task<long?> FindTimeAsync(SourceReference source, CancellationToken cancellationToken)
    {
        if (source is ContextSource or NamedContextSource)
            return null;
        RemoteTree tree = await OpenAsync(source, null, cancellationToken);
        UnixTime time = tree.FindTime() ?? throw DiagnosticRules.InvalidEpoch.Error(
            $"invalid SOURCE_DATE_EPOCH: the server does not say how old `{source}` is, and it is no archive whose files would tell");
        report(new Notice(NoticeLevel.Info, $"SOURCE_DATE_EPOCH is {time.Seconds.ToString(CultureInfo.InvariantCulture)}, the time of {source}"));
        return time.Seconds;
    }

    public void Dispose()
    {
        foreach (GitContext checkout in _checkouts)
            checkout.Dispose();
    }

    private async Task<RemoteTree> DownloadAsync(HttpSource source, CancellationToken cancellationToken)
    {
        Download download = await DownloadAsync(source.Url, source.Checksum, cancellationToken);
        return new RemoteTree(
            new DownloadContext(download, source.FileName),
            download.Digest.ToString(),
            () => download.LastModified ?? ReadArchive(download, cancellationToken)?.NewestFileTime);
    }

    private async Task<RemoteTree> OpenArchiveAsync(ArchiveSource source, CancellationToken cancellationToken)
    {
        Download download = await DownloadAsync(source.Url, null, cancellationToken);
        ArchiveContext files = ReadArchive(download, cancellationToken) ?? throw DiagnosticRules.NotAnArchive.Error(
            $"`{source}` is no archive, so it cannot be a named context", hint: "a single file is what `ADD` takes");
        return new RemoteTree(files, download.Digest.ToString(), () => download.LastModified ?? files.NewestFileTime);
    }

    private async Task<Download> DownloadAsync(string url, Oci.Digest? checksum, CancellationToken cancellationToken)
    {
        Download download = await access.Http.DownloadAsync(url, checksum, Path.Combine(work.NewScratch(), "download"), cancellationToken);
        report(new Notice(NoticeLevel.Debug, $"{RemoteLocation.Redact(url)} is {download.Digest} ({download.Size:N0} bytes)"));
        return download;
    }

    private ArchiveContext? ReadArchive(Download download, CancellationToken cancellationToken)
    {
        var file = new ScratchFileSource(download.Path);
        if (!ArchiveFile.IsArchive(file))
            return null;
        try
        {
            return ArchiveContext.Read(ArchiveFile.Unpack(file, new ArchiveSpool(work.NewScratch()), cancellationToken), cancellationToken);
        }
        catch (ArchiveLimitException e)
        {
            throw DiagnosticRules.ArchiveTooLarge.Error($"the archive is too large: {e.Message}", inner: e);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw DiagnosticRules.ArchiveBroken.Error($"the archive cannot be unpacked: {e.Message}", inner: e);
        }
    }

    private async Task<RemoteTree> CheckOutAsync(GitSource source, CancellationToken cancellationToken)
    {
        GitCheckout checkout = await access.Git.FetchAsync(source, work.NewScratch(), cancellationToken);
        report(new Notice(NoticeLevel.Debug, $"{source} is at {checkout.Commit}"));
        _checkouts.Add(checkout.Files);
        return new RemoteTree(checkout.Files, checkout.Commit, () => checkout.CommitTime);
    }

    /// <summary>All that a plan takes files from.</summary>
    internal static IEnumerable<(SourceReference Source, SourceSpan Span)> Uses(BuildPlan plan) => plan.Stages.SelectMany(stage => stage.Steps
        .SelectMany(step => step switch
        {
            CopyStep copy => copy.Sources.Select(source => (source.From, source.Span)),
            RunStep run => run.Mounts.Where(mount => mount.From is not null).Select(mount => (mount.From!, mount.Span)),
            _ => [],
        })
        .Prepend((stage.Base, stage.FromSpan)));
}
