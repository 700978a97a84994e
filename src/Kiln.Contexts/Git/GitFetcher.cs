// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Planning.Sources;

namespace Kiln.Contexts.Git;

/// <summary>
/// Gets a commit's files: 1. an empty repository, 2. the reference's full name, 3. the commit, without its past where the server can do that, 4. its hash,
/// held against what was promised, 5. the files, 6. the submodules, 7. what stays of `.git`, 8. the directory that was asked for.
/// </summary>
public sealed class GitFetcher(GitProgram git)
{
    public bool IsInstalled => git.IsInstalled;

    public static BuildException NotInstalled(SourceSpan span) => GitProgram.Missing(span);

    /// <param name="source">What is fetched.</param>
    /// <param name="directory">An empty directory, for git alone; it has to stay as long as the files are read.</param>
    /// <param name="cancellationToken">Ends git.</param>
    public async Task<GitCheckout> FetchAsync(GitSource source, string directory, CancellationToken cancellationToken)
    {
        var repository = GitRepository.Create(git, source, directory);
        // Step 1
        await repository.InitialiseAsync(cancellationToken);
        // Steps 2 and 3
        string fetched = FindCommit(source) is { } commit
            ? await repository.FetchCommitAsync(commit, cancellationToken)
            : await repository.FetchReferenceAsync(source.Reference, cancellationToken);
        // Step 4
        string hash = await repository.ResolveAsync(fetched + "^{commit}", cancellationToken)
            ?? throw DiagnosticRules.GitReferenceMissing.Error($"`{source.Reference}` of `{source}` is no commit");
        if (source.Commit is { } wanted && !hash.StartsWith(wanted, StringComparison.Ordinal)
            && await repository.ResolveAsync(fetched, cancellationToken) is var tag && tag?.StartsWith(wanted, StringComparison.Ordinal) != true)
            throw DiagnosticRules.ChecksumMismatch.Error($"expected checksum of `{source}` to match {wanted}, got {hash}");
        // Step 5
        await repository.CheckOutAsync(hash, cancellationToken);
        var time = new UnixTime(await repository.ReadCommitTimeAsync(hash, cancellationToken));
        // Step 6
        if (source.Submodules)
            await repository.UpdateSubmodulesAsync(cancellationToken);
        // Step 7
        repository.Tidy();
        // Step 8
        return new GitCheckout(hash, time, Open(source, repository.Tree, time));
    }

    /// <summary>The whole hash of what is to be fetched, where it is known.</summary>
    private static string? FindCommit(GitSource source) => source.FindCommit() is null && source.FetchesByCommit
        ? throw DiagnosticRules.GitReferenceMissing.Error($"`fetch-by-commit` of `{source}` needs the whole hash of the commit, not `{source.Commit}` alone")
        : source.FindCommit();

    private static GitContext Open(GitSource source, string tree, UnixTime time)
    {
        using var root = DirectoryHandle.Open(tree);
        var path = UnixPath.Clean(source.Subdirectory);
        UnixTime? uniform = source.CommitTimes ? time : null;
        // No link is followed on the way: a repository's links say nothing of where its directories are.
        DirectoryHandle files = (path.Bytes.IndexOf(".git"u8) >= 0 && new GitDirectoryFilter().IsExcluded(path) ? null : root.FindDirectory(path))
            ?? throw DiagnosticRules.GitReferenceMissing.Error($"`{source}` has no directory `{path}`", hint: "a symbolic link is not followed");
        return new GitContext(files, source.KeepsGitDirectory == true && path.IsRoot, uniform);
    }
}
