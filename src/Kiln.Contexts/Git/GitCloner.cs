// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Contexts.Git;

/// <summary>
/// Clones a repository as build context: 1. an empty repository, 2. the reference's full name, 3. branches and tags, 4. the commit, 5. the files, 6. submodules and large files,
/// 7. what stays of `.git`.
/// </summary>
public sealed class GitCloner(GitProgram git)
{
    /// <param name="clone">What is cloned.</param>
    /// <param name="directory">An empty directory, for git alone.</param>
    /// <param name="cancellationToken">Ends git.</param>
    /// <returns>The commit's hash, and the directory of the files.</returns>
    public async Task<(string Commit, string Files)> CloneAsync(GitClone clone, string directory, CancellationToken cancellationToken)
    {
        var repository = GitRepository.Create(git, clone, directory);
        // Step 1
        await repository.InitialiseAsync(cancellationToken);
        // Step 2
        bool isCommit = clone.Reference is { } reference && IsHash(reference);
        string? commit = clone.Commit ?? (isCommit ? clone.Reference : null);
        string full = isCommit || clone.Reference is null ? await repository.FindHeadAsync(cancellationToken)
            : clone.IsBranchOrTag ? await repository.FindBranchOrTagAsync(clone.Reference, cancellationToken)
            : await repository.FindFullNameAsync(clone.Reference, cancellationToken);
        // Step 3
        string fetched = await repository.FetchHistoryAsync(full, clone.SingleBranch, clone.Depth, cancellationToken);
        // Step 4
        string hash = commit is not null
            ? await repository.FindCommitAsync(commit, clone.Depth, cancellationToken)
            : await repository.ResolveAsync(fetched + "^{commit}", cancellationToken)
                ?? throw DiagnosticRules.GitReferenceMissing.Error($"`{clone.Reference}` of `{clone}` is no commit");
        // Step 5
        if (commit is null && full.StartsWith(GitRepository.Heads, StringComparison.Ordinal))
            await repository.CheckOutBranchAsync(full, hash, cancellationToken);
        else
            await repository.CheckOutAsync(hash, cancellationToken);
        // Step 6
        if (clone.Submodules)
            await repository.UpdateSubmodulesAsync(cancellationToken);
        if (!clone.KeepsPointers && await repository.HasLargeFilesAsync(cancellationToken))
            await repository.FetchLargeFilesAsync(cancellationToken);
        // Step 7
        repository.Tidy();
        GitModes.Normalise(repository.Tree, cancellationToken);
        return (hash, repository.Tree);
    }

    private static bool IsHash(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigit);
}
