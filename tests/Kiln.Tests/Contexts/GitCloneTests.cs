// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Kiln.Contexts.Git;
using Kiln.Diagnostics;
using Xunit;

namespace Kiln.Tests.Contexts;

/// <summary>Repositories as build contexts, cloned from git's own servers.</summary>
public sealed class GitCloneTests : IAsyncDisposable
{
    private readonly GitOrigin _origin = new();

    private string Daemon => $"{_origin.Address}/one";

    private string Web => $"http://{_origin.Web.Address}/one.git";

    public ValueTask DisposeAsync() => _origin.DisposeAsync();

    [Fact]
    public async Task The_whole_history_comes_with_all_branches_and_tags_on_the_branch_itself()
    {
        CreateHistory();

        (string commit, string tree) = await CloneAsync(new GitClone { Remote = Daemon });

        Assert.Equal(_origin.Git("one", "rev-parse", "main").Trim(), commit);
        Assert.Equal("main\n", RunIn(tree, "rev-parse", "--abbrev-ref", "HEAD"));
        Assert.Equal("3\n", RunIn(tree, "rev-list", "--count", "HEAD"));
        Assert.Equal("v1-2-g" + commit[..7] + "\n", RunIn(tree, "describe", "--tags", "--abbrev=7"));
        Assert.Equal("origin/feature\norigin/main\n", RunIn(tree, "branch", "--remotes", "--format=%(refname:short)"));
    }

    [Theory]
    [InlineData("feature", "branch")]
    [InlineData("refs/heads/feature", "branch")]
    [InlineData("v1", "first")]
    [InlineData("refs/tags/v1", "first")]
    [InlineData("refs/pull/1/head", "pulled")]
    [InlineData("HASH", "second")]
    public async Task A_reference_is_a_branch_a_tag_a_full_name_or_a_commit(string reference, string content)
    {
        string second = CreateHistory();

        foreach (bool alone in new[] { false, true })
        {
            (_, string tree) = await CloneAsync(new GitClone { Remote = Daemon, Reference = reference == "HASH" ? second : reference, SingleBranch = alone, Depth = alone ? 1 : 0 });
            Assert.Equal(content, File.ReadAllText(Path.Combine(tree, "file")));
        }
    }

    [Fact]
    public async Task A_commit_behind_a_reference_is_what_is_checked_out()
    {
        string second = CreateHistory();

        (string whole, string tree) = await CloneAsync(new GitClone { Remote = Daemon, Reference = "refs/heads/main", Commit = second });
        (string begun, _) = await CloneAsync(new GitClone { Remote = Daemon, Reference = "main", Commit = second[..8] });

        Assert.Equal((second, second, "second"), (whole, begun, File.ReadAllText(Path.Combine(tree, "file"))));
    }

    [Fact]
    public async Task A_depth_and_a_single_branch_leave_out_what_is_not_wanted()
    {
        CreateHistory();

        (_, string tree) = await CloneAsync(new GitClone { Remote = Daemon, Depth = 2, SingleBranch = true });

        Assert.Equal("2\n", RunIn(tree, "rev-list", "--count", "HEAD"));
        Assert.Equal("origin/main\n", RunIn(tree, "branch", "--remotes", "--format=%(refname:short)"));
        Assert.Equal("", RunIn(tree, "tag"));
    }

    [Theory]
    [InlineData("none", false, null, "the repository `SERVER` does not contain ref `none`")]
    [InlineData("refs/tags/none", false, null, "the repository `SERVER` does not contain ref `refs/tags/none`")]
    [InlineData("pull/1/head", true, null, "the repository `SERVER` does not contain ref `pull/1/head`")]
    [InlineData("main", false, "0123456789012345678901234567890123456789", "the repository `SERVER` does not contain ref `0123456789012345678901234567890123456789`")]
    public async Task What_the_repository_does_not_have_is_named(string reference, bool isBranchOrTag, string? commit, string message)
    {
        CreateHistory();

        Diagnostic refused = await RefusalAsync(new GitClone { Remote = Daemon, Reference = reference, IsBranchOrTag = isBranchOrTag, Commit = commit });

        Assert.Equal((DiagnosticRules.GitReferenceMissing, message.Replace("SERVER", Daemon, StringComparison.Ordinal)), (refused.Rule, refused.Message));
    }

    [Theory]
    [InlineData("user", "s3cret-word")]
    [InlineData("s3cret-token", "")]
    public async Task A_login_opens_its_own_server_and_leaves_no_trace(string user, string password)
    {
        CreateHistory();
        (_origin.User, _origin.Password) = (user, password);

        (_, string tree) = await CloneAsync(new GitClone { Remote = Web, Login = (user, password) });
        Diagnostic refused = await RefusalAsync(new GitClone { Remote = Web, Login = (user + "x", password + "wr0ng") });

        Assert.Equal("third", File.ReadAllText(Path.Combine(tree, "file")));
        Assert.All(Directory.EnumerateFiles(tree, "*", SearchOption.AllDirectories), file => Assert.DoesNotContain("s3cret", File.ReadAllText(file), StringComparison.Ordinal));
        Assert.StartsWith($"`{Web}` cannot be fetched: fatal: Authentication failed for", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", refused.Message, StringComparison.Ordinal);
        Assert.Equal("the server wants credentials, or does not have the repository", refused.Hint);
    }

    [Fact]
    public async Task A_missing_repository_and_a_server_that_wants_a_login_are_named()
    {
        _origin.Password = "s3cret";
        Diagnostic closed = await RefusalAsync(new GitClone { Remote = Web });
        _origin.Password = null;
        Diagnostic missing = await RefusalAsync(new GitClone { Remote = $"{_origin.Address}/none" });

        Assert.StartsWith($"`{Web}` cannot be fetched: fatal: could not read Username for", closed.Message, StringComparison.Ordinal);
        Assert.StartsWith($"`{_origin.Address}/none` cannot be fetched: fatal:", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submodules_come_where_they_are_wanted()
    {
        _origin.Create("inner", "deep", "text");
        _origin.Create("one");
        _origin.Git("one", "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", _origin.InRepository("inner", ""), "sub");
        File.WriteAllText(_origin.InRepository("one", ".gitmodules"), "[submodule \"sub\"]\n\tpath = sub\n\turl = ../inner\n");
        _origin.CommitAll("one");

        (_, string without) = await CloneAsync(new GitClone { Remote = Daemon });
        (_, string with) = await CloneAsync(new GitClone { Remote = Daemon, Submodules = true });

        Assert.False(File.Exists(Path.Combine(without, "sub", "deep")));
        Assert.Equal("text", File.ReadAllText(Path.Combine(with, "sub", "deep")));
    }

    [Fact]
    public async Task Modes_do_not_depend_on_the_umask()
    {
        CreateHistory();

        (_, string tree) = await CloneAsync(new GitClone { Remote = Daemon });

        Assert.All(
            Directory.EnumerateFiles(tree), file => Assert.Contains(Convert.ToString((int)File.GetUnixFileMode(file), 8), new[] { "644", "755" }));
        Assert.Equal("", RunIn(tree, "status", "--porcelain"));
    }

    [Fact]
    public async Task Large_files_need_git_lfs_unless_pointers_will_do()
    {
        _origin.Create("one", ".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
        _origin.Commit("one", "big.bin", "version https://git-lfs.github.com/spec/v1\n");
        string bare = Directory.CreateDirectory(Path.Combine(_origin.NewDirectory(), "bin")).FullName;
        foreach (string program in new[] { "git", "sh" })
            File.CreateSymbolicLink(Path.Combine(bare, program), "/usr/bin/" + program);
        var without = new GitCloner(new GitProgram(new GitOptions { SearchPath = bare, Assistant = "/nowhere" }));

        Diagnostic refused = (await Assert.ThrowsAsync<BuildException>(() =>
            without.CloneAsync(new GitClone { Remote = Daemon }, _origin.NewDirectory(), TestContext.Current.CancellationToken))).Diagnostic;
        (_, string tree) = await without.CloneAsync(new GitClone { Remote = Daemon, KeepsPointers = true }, _origin.NewDirectory(), TestContext.Current.CancellationToken);

        Assert.Equal(
            (DiagnosticRules.GitMissing, $"`{Daemon}` keeps files in Git LFS, but there is no program `git-lfs` in PATH", "install `git-lfs`, or set GIT_LFS_SKIP_SMUDGE=1 to build with the pointers"),
            (refused.Rule, refused.Message, refused.Hint));
        Assert.StartsWith("version", File.ReadAllText(Path.Combine(tree, "big.bin")), StringComparison.Ordinal);
    }

    /// <summary>Three commits of `main`, the first with a tag; a branch; a reference of neither kind. Result: the second commit.</summary>
    private string CreateHistory()
    {
        _origin.Create("one", "file", "first");
        _origin.Git("one", "tag", "v1");
        string second = _origin.Commit("one", "file", "second");
        _origin.Git("one", "checkout", "--quiet", "-b", "feature");
        _origin.Commit("one", "file", "branch");
        _origin.Git("one", "checkout", "--quiet", "--detach", "main");
        _origin.Commit("one", "file", "pulled");
        _origin.Git("one", "update-ref", "refs/pull/1/head", "HEAD");
        _origin.Git("one", "checkout", "--quiet", "main");
        _origin.Commit("one", "file", "third");
        return second;
    }

    private Task<(string Commit, string Files)> CloneAsync(GitClone clone) =>
        new GitCloner(GitOrigin.Program).CloneAsync(clone, _origin.NewDirectory(), TestContext.Current.CancellationToken);

    private async Task<Diagnostic> RefusalAsync(GitClone clone) => (await Assert.ThrowsAsync<BuildException>(() => CloneAsync(clone))).Diagnostic;

    private static string RunIn(string directory, params string[] arguments)
    {
        using Process git = Process.Start(new ProcessStartInfo("git", ["-c", "safe.directory=*", .. arguments]) { WorkingDirectory = directory, RedirectStandardOutput = true, UseShellExecute = false })!;
        string output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return output;
    }
}
