// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.Diagnostics;
using Kiln.Planning.Sources;

namespace Kiln.Contexts.Git;

/// <summary>A repository in a directory of the builder's, filled from one remote. Each step of <see cref="GitFetcher"/> is a verb.</summary>
internal sealed class GitRepository
{
    internal const string Heads = "refs/heads/";
    private const string Tags = "refs/tags/";
    private const string Fetched = "refs/kiln/fetched";

    private static readonly string[] FetchQuietly = ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-auto-maintenance"];

    private const string AllBranches = "+refs/heads/*:refs/remotes/origin/*";
    private const string AllTags = "+refs/tags/*:refs/tags/*";

    /// <summary>As `git lfs install` would configure it; without, `pull` fetches and puts nothing in place.</summary>
    private static readonly string[] LargeFiles =
    [
        "-c", "filter.lfs.smudge=git-lfs smudge -- %f", "-c", "filter.lfs.clean=git-lfs clean -- %f", "-c", "filter.lfs.process=git-lfs filter-process", "-c", "filter.lfs.required=true",
    ];

    private readonly GitProgram _git;
    private readonly string _name;
    private readonly string _directory;
    private readonly string _remote;
    private readonly GitCredential? _credential;

    private readonly string[] _settings = [];

    private GitRepository(GitProgram git, string name, string remote, string directory)
    {
        (_git, _name, _directory) = (git, name, directory);
        (_remote, _credential) = GitCredential.Split(remote);
    }

    private GitRepository(GitProgram git, GitClone clone, string directory)
        : this(git, clone.ToString(), clone.Remote, directory)
    {
        if (clone.Login is { } login)
            _credential ??= GitCredential.Of(_remote, login.User, login.Password);
        if (clone.SkipsTlsVerify)
            _settings = ["-c", "http.sslVerify=false"];
    }

    /// <summary>Where the files are.</summary>
    internal string Tree => Path.Combine(_directory, "tree");

    internal static GitRepository Create(GitProgram git, GitSource source, string directory) =>
        Prepare(new GitRepository(git, source.ToString(), source.Remote, directory));

    internal static GitRepository Create(GitProgram git, GitClone clone, string directory) => Prepare(new GitRepository(git, clone, directory));

    private static GitRepository Prepare(GitRepository repository)
    {
        Directory.CreateDirectory(repository.Tree);
        repository._git.LayOut(repository._directory);
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
        await RunAsync([.. FetchQuietly, "--", _remote, AllBranches, AllTags], cancellationToken);
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
        // `git submodule` is a script of the shell around this program of git's.
        string[] update = [File.Exists("/bin/sh") ? "submodule" : "submodule--helper", "update", "--quiet", "--init", "--recursive", "--force"];
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
    internal Task<string> FindFullNameAsync(string reference, CancellationToken cancellationToken) => reference.StartsWith("refs/", StringComparison.Ordinal)
        ? FindAsync(reference, [reference], cancellationToken)
        : FindAsync(reference, [$"refs/{reference}", Heads + reference, Tags + reference], cancellationToken);

    internal Task<string> FindBranchOrTagAsync(string name, CancellationToken cancellationToken) => FindAsync(name, [Heads + name, Tags + name], cancellationToken);

    /// <summary>The branch that the repository starts with; `HEAD` where it does not say which that is.</summary>
    internal async Task<string> FindHeadAsync(CancellationToken cancellationToken)
    {
        const string Symbolic = "ref: ";
        string listed = await RunAsync(["ls-remote", "--quiet", "--symref", "--", _remote, "HEAD"], cancellationToken);
        string first = listed.Split('\n')[0];
        return first.StartsWith(Symbolic + Heads, StringComparison.Ordinal) ? first[Symbolic.Length..].Split('\t')[0] : "HEAD";
    }

    /// <summary>Fetches branches and tags, or the reference alone. Result: what it is called here.</summary>
    /// <param name="full">The reference.</param>
    /// <param name="alone">Whether nothing else is fetched.</param>
    /// <param name="depth">How many commits; 0 for all.</param>
    /// <param name="cancellationToken">Ends git.</param>
    internal async Task<string> FetchHistoryAsync(string full, bool alone, int depth, CancellationToken cancellationToken)
    {
        string local = full.StartsWith(Heads, StringComparison.Ordinal) ? $"refs/remotes/origin/{full[Heads.Length..]}"
            : full.StartsWith(Tags, StringComparison.Ordinal) ? full
            : Fetched;
        List<string> refspecs = alone ? [$"+{full}:{local}"] : [AllBranches, AllTags];
        if (!alone && local == Fetched)
            refspecs.Add($"+{full}:{local}");
        await FetchAsync(depth, refspecs, cancellationToken);
        return local;
    }

    /// <summary>The whole hash of a commit, which is fetched where it is not here yet.</summary>
    internal async Task<string> FindCommitAsync(string commit, int depth, CancellationToken cancellationToken)
    {
        string asked = commit + "^{commit}";
        if (await ResolveAsync(asked, cancellationToken) is { } here)
            return here;
        string[] fetch = depth > 0 ? [.. FetchQuietly, $"--depth={depth}"] : FetchQuietly;
        if (!(await TryAsync([.. fetch, "--", _remote, commit], cancellationToken)).Succeeded)
            await FetchAsync(0, [AllBranches, AllTags], cancellationToken);
        return await ResolveAsync(asked, cancellationToken) ?? throw Missing(commit);
    }

    internal Task CheckOutBranchAsync(string full, string commit, CancellationToken cancellationToken) =>
        full[Heads.Length..] is ['-', ..] ? CheckOutAsync(commit, cancellationToken)
        : RunAsync(["checkout", "--quiet", "--force", "-B", full[Heads.Length..], commit], cancellationToken);

    /// <summary>Whether some file of the commit is kept by Git LFS, as far as its attributes say.</summary>
    internal async Task<bool> HasLargeFilesAsync(CancellationToken cancellationToken) =>
        (await TryAsync(["grep", "--quiet", "--fixed-strings", "-e", "filter=lfs", "HEAD", "--", ":(glob)**/.gitattributes"], cancellationToken)).Succeeded;

    /// <summary>Puts files in place of the pointers to them.</summary>
    internal async Task FetchLargeFilesAsync(CancellationToken cancellationToken)
    {
        if (!_git.HasLargeFiles)
            throw DiagnosticRules.GitMissing.Error(
                $"`{_name}` keeps files in Git LFS, but there is no program `git-lfs` in PATH", hint: "install `git-lfs`, or set GIT_LFS_SKIP_SMUDGE=1 to build with the pointers");
        GitResult result = await TryAsync([.. LargeFiles, "lfs", "pull"], cancellationToken);
        if (!result.Succeeded)
            throw Failed(result);
    }

    private async Task FetchAsync(int depth, IReadOnlyList<string> refspecs, CancellationToken cancellationToken)
    {
        if (depth > 0)
        {
            GitResult shallow = await TryAsync([.. FetchQuietly, $"--depth={depth}", "--", _remote, .. refspecs], cancellationToken);
            if (shallow.Succeeded)
                return;
            // A server of mere files cannot leave the past out.
            if (!shallow.Error.Contains("shallow", StringComparison.Ordinal))
                throw Failed(shallow);
        }
        await RunAsync([.. FetchQuietly, "--", _remote, .. refspecs], cancellationToken);
    }

    private async Task<string> FindAsync(string reference, string[] candidates, CancellationToken cancellationToken)
    {
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
        _git.RunAsync(_directory, _credential, ["-C", "tree", .. _settings, .. arguments], cancellationToken);

    private BuildException Failed(GitResult result) =>
        DiagnosticRules.GitFailed.Error($"`{_name}` cannot be fetched: {result.Complaint}", hint: Hint(result.Error));

    private BuildException Missing(string what) =>
        DiagnosticRules.GitReferenceMissing.Error($"the repository `{_name}` does not contain ref `{what}`");

    private static string? Hint(string error) =>
        error.Contains("could not read Username", StringComparison.Ordinal) || error.Contains("Authentication failed", StringComparison.Ordinal)
            ? "the server wants credentials, or does not have the repository"
        : error.Contains("Host key verification failed", StringComparison.Ordinal) ? "put the host's key into `~/.ssh/known_hosts`, as `ssh-keyscan` prints it"
        : error.Contains("No user exists for uid", StringComparison.Ordinal) ? "ssh serves users of `/etc/passwd` alone: run as one of them, or fetch over https"
        : error.Contains("Permission denied (publickey", StringComparison.Ordinal) ? "no key of `~/.ssh` or of the ssh agent was accepted"
        : null;
}
