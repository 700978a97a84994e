// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.Diagnostics;
using Kiln.Planning.Sources;

namespace Kiln.Contexts.Git;

/// <summary>A repository in a directory of the builder's, filled from one remote. Each step of <see cref="GitFetcher"/> is a verb.</summary>
internal sealed class GitRepository
{
    private const string Fetched = "refs/kiln/fetched";

    private static readonly string[] FetchQuietly = ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-auto-maintenance"];

    private readonly GitProgram _git;
    private readonly GitSource _source;
    private readonly string _directory;
    private readonly string _remote;
    private readonly GitCredential? _credential;

    private GitRepository(GitProgram git, GitSource source, string directory)
    {
        (_git, _source, _directory) = (git, source, directory);
        (_remote, _credential) = GitCredential.Split(source.Remote);
    }

    /// <summary>Where the files are.</summary>
    internal string Tree => Path.Combine(_directory, "tree");

    internal static GitRepository Create(GitProgram git, GitSource source, string directory)
    {
        var repository = new GitRepository(git, source, directory);
        Directory.CreateDirectory(repository.Tree);
        Directory.CreateDirectory(Path.Combine(directory, "home"));
        return repository;
    }

    internal async Task InitialiseAsync(CancellationToken cancellationToken)
    {
        // Without a template there are no hooks either.
        await RunAsync(["init", "--quiet", "--template="], cancellationToken);
        // Submodules can be named relative to it.
        await RunAsync(["remote", "add", "--", "origin", _remote], cancellationToken);
    }

    /// <summary>A commit alone where the server gives one by its hash, else everything that it has.</summary>
    internal async Task<string> FetchCommitAsync(string commit, CancellationToken cancellationToken)
    {
        if ((await TryAsync([.. FetchQuietly, "--depth=1", "--", _remote, commit], cancellationToken)).Succeeded)
            return commit;
        await RunAsync([.. FetchQuietly, "--", _remote, "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"], cancellationToken);
        return await ResolveAsync(commit, cancellationToken) is not null ? commit : throw Missing(commit);
    }

    /// <summary>The commit that a branch, a tag or a full reference stands for; the repository's own choice where none is named.</summary>
    internal async Task<string> FetchReferenceAsync(string? reference, CancellationToken cancellationToken)
    {
        string full = reference is null ? "HEAD" : await FindFullNameAsync(reference, cancellationToken);
        string refspec = full.StartsWith("refs/tags/", StringComparison.Ordinal) ? $"+{full}:{full}" : $"+{full}:{Fetched}";
        GitResult shallow = await TryAsync([.. FetchQuietly, "--depth=1", "--", _remote, refspec], cancellationToken);
        if (!shallow.Succeeded)
        {
            // A server of mere files cannot leave the past out.
            if (!shallow.Error.Contains("shallow", StringComparison.Ordinal))
                throw Failed(shallow);
            await RunAsync([.. FetchQuietly, "--", _remote, refspec], cancellationToken);
        }
        return refspec[(refspec.IndexOf(':') + 1)..];
    }

    /// <summary>A revision's hash; null where there is none.</summary>
    internal async Task<string?> ResolveAsync(string revision, CancellationToken cancellationToken)
    {
        GitResult result = await TryAsync(["rev-parse", "--verify", "--quiet", "--end-of-options", revision], cancellationToken);
        return result.Succeeded ? result.Output.Trim() : null;
    }

    internal Task CheckOutAsync(string commit, CancellationToken cancellationToken) =>
        RunAsync(["checkout", "--quiet", "--force", "--detach", commit], cancellationToken);

    internal async Task<long> ReadCommitTimeAsync(string commit, CancellationToken cancellationToken)
    {
        string text = await RunAsync(["show", "--no-patch", "--no-show-signature", "--format=%ct", commit], cancellationToken);
        return long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seconds) ? seconds : 0;
    }

    internal async Task UpdateSubmodulesAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(Tree, ".gitmodules")))
            return;
        string[] update = ["submodule", "--quiet", "update", "--init", "--recursive", "--force"];
        // A commit that is the end of no branch cannot be had alone from every server.
        if (!(await TryAsync([.. update, "--depth=1"], cancellationToken)).Succeeded)
            await RunAsync(update, cancellationToken);
    }

    /// <summary>Takes out of `.git` what is of this fetch and not of the repository.</summary>
    internal void Tidy()
    {
        string git = Path.Combine(Tree, ".git");
        foreach (string file in new[] { "FETCH_HEAD", "ORIG_HEAD" })
            File.Delete(Path.Combine(git, file));
        foreach (string directory in new[] { "logs", "refs/kiln", "branches" })
            if (Directory.Exists(Path.Combine(git, directory)))
                Directory.Delete(Path.Combine(git, directory), recursive: true);
    }

    /// <summary>As BuildKit: what it is as a whole, else a branch, else a tag.</summary>
    private async Task<string> FindFullNameAsync(string reference, CancellationToken cancellationToken)
    {
        string[] candidates = reference.StartsWith("refs/", StringComparison.Ordinal)
            ? [reference]
            : [$"refs/{reference}", $"refs/heads/{reference}", $"refs/tags/{reference}"];
        string listed = await RunAsync(["ls-remote", "--quiet", "--", _remote, .. candidates], cancellationToken);
        HashSet<string> there = [.. listed.Split('\n').Select(line => line.Split('\t')).Where(fields => fields.Length == 2).Select(fields => fields[1])];
        return candidates.FirstOrDefault(there.Contains) ?? throw Missing(reference);
    }

    private async Task<string> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        GitResult result = await TryAsync(arguments, cancellationToken);
        return result.Succeeded ? result.Output : throw Failed(result);
    }

    private Task<GitResult> TryAsync(string[] arguments, CancellationToken cancellationToken) =>
        _git.RunAsync(_directory, _credential, ["-C", "tree", .. arguments], cancellationToken);

    private BuildException Failed(GitResult result) =>
        DiagnosticRules.GitFailed.Error($"`{_source}` cannot be fetched: {result.Complaint}", hint: Hint(result.Error));

    private BuildException Missing(string what) =>
        DiagnosticRules.GitReferenceMissing.Error($"the repository `{_source}` does not contain ref `{what}`");

    private static string? Hint(string error) =>
        error.Contains("could not read Username", StringComparison.Ordinal) || error.Contains("Authentication failed", StringComparison.Ordinal)
            ? "the server wants credentials, or does not have the repository"
        : error.Contains("Host key verification failed", StringComparison.Ordinal) ? "put the host's key into `~/.ssh/known_hosts`, as `ssh-keyscan` prints it"
        : error.Contains("Permission denied (publickey", StringComparison.Ordinal) ? "no key of `~/.ssh` or of the ssh agent was accepted"
        : null;
}
