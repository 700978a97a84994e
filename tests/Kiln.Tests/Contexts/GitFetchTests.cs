// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Contexts.Git;
using Kiln.Diagnostics;
using Kiln.Layers.Sources;
using Kiln.Linux;
using Kiln.Planning.Sources;
using Xunit;

namespace Kiln.Tests.Contexts;

/// <summary>Repositories that git's own servers have.</summary>
public sealed class GitFetchTests : IAsyncDisposable
{
    private readonly GitOrigin _origin = new();

    public ValueTask DisposeAsync() => _origin.DisposeAsync();

    [Fact]
    public async Task The_default_branch_is_fetched_without_its_past_and_without_git_s_own_files()
    {
        _origin.Create("one");
        _origin.Commit("one", "bin/run", "#!/bin/sh\n");
        _origin.Git("one", "update-index", "--chmod=+x", "bin/run");
        _origin.Git("one", "commit", "--quiet", "--message=mode");
        string hash = _origin.Git("one", "rev-parse", "HEAD").Trim();

        (GitCheckout checkout, string tree) = await FetchAsync(new GitSource { Remote = $"{_origin.Address}/one" });

        Assert.Equal((hash, 1_700_000_000), (checkout.Commit, checkout.CommitTime.Seconds));
        Assert.Equal("bin/ 755\nbin/run 755\nfile 644", Describe(checkout.Files));
        Assert.Equal("1\n", RunIn(tree, "rev-list", "--count", "HEAD"));
    }

    [Theory]
    [InlineData("feature", "branch")]
    [InlineData("v1", "main")]
    [InlineData("refs/tags/v1", "main")]
    [InlineData("refs/heads/both", "main")]
    [InlineData("both", "main")] // a branch goes before a tag of the same name
    [InlineData("tags/both", "branch")]
    public async Task A_reference_is_a_branch_a_tag_or_a_full_name(string reference, string content)
    {
        _origin.Create("one", "file", "main");
        _origin.Git("one", "tag", "--annotate", "--message=x", "v1");
        _origin.Git("one", "branch", "both");
        _origin.Git("one", "checkout", "--quiet", "-b", "feature");
        _origin.Commit("one", "file", "branch");
        _origin.Git("one", "tag", "both");
        _origin.Git("one", "checkout", "--quiet", "main");

        (GitCheckout checkout, _) = await FetchAsync(new GitSource { Remote = $"{_origin.Address}/one", Reference = reference });

        Assert.Equal(content, Read(checkout.Files, "file"));
    }

    [Fact]
    public async Task A_commit_is_fetched_by_its_hash_also_where_no_branch_ends_in_it()
    {
        _origin.Create("one", "file", "old");
        string old = _origin.Git("one", "rev-parse", "HEAD").Trim();
        _origin.Commit("one", "file", "new");

        (GitCheckout checkout, _) = await FetchAsync(new GitSource { Remote = $"{_origin.Address}/one", Reference = old });

        Assert.Equal("old", Read(checkout.Files, "file"));
    }

    [Fact]
    public async Task A_commit_that_is_promised_has_to_come()
    {
        _origin.Create("one");
        string hash = _origin.Git("one", "rev-parse", "HEAD").Trim();
        var source = new GitSource { Remote = $"{_origin.Address}/one", Reference = "main", Commit = hash[..9] };
        await FetchAsync(source);
        string next = _origin.Commit("one", "file", "moved");

        Diagnostic refused = await RefusalAsync(source);
        (GitCheckout pinned, _) = await FetchAsync(source with { Commit = hash, FetchesByCommit = true });

        Assert.Equal((DiagnosticRules.ChecksumMismatch, $"expected checksum of `{source}` to match {hash[..9]}, got {next}"), (refused.Rule, refused.Message));
        Assert.Equal(hash, pinned.Commit);
    }

    [Fact]
    public async Task A_subdirectory_is_all_that_is_seen_and_is_reached_through_no_link()
    {
        _origin.Create("one", "a/b/file");
        File.CreateSymbolicLink(_origin.InRepository("one", "link"), "a");
        File.CreateSymbolicLink(_origin.InRepository("one", "out"), "/etc");
        _origin.CommitAll("one");
        var source = new GitSource { Remote = $"{_origin.Address}/one" };

        (GitCheckout checkout, _) = await FetchAsync(source with { Subdirectory = "a/b", KeepsGitDirectory = true });

        Assert.Equal("file 644", Describe(checkout.Files));
        foreach (string path in new[] { "link/b", "out", "none", ".git", "a/b/file" })
            Assert.Equal($"`{source}` has no directory `{path}`", (await RefusalAsync(source with { Subdirectory = path })).Message);
    }

    [Fact]
    public async Task Git_s_directory_is_kept_on_demand_and_holds_no_password()
    {
        _origin.Create("one");
        _origin.Password = "s3cret";

        (GitCheckout checkout, string tree) = await FetchAsync(
            new GitSource { Remote = $"http://user:s3cret@{_origin.Web.Address}/one.git", KeepsGitDirectory = true });

        Assert.NotNull(checkout.Files.Find(UnixPath.Clean(".git/HEAD")));
        Assert.Equal($"http://{_origin.Web.Address}/one.git\n", RunIn(tree, "remote", "get-url", "origin"));
        Assert.All(Directory.EnumerateFiles(tree, "*", SearchOption.AllDirectories), file => Assert.DoesNotContain("s3cret", File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_password_is_an_error_that_does_not_tell_it()
    {
        _origin.Create("one");
        _origin.Password = "s3cret";

        Diagnostic refused = await RefusalAsync(new GitSource { Remote = $"http://user:wr0ng@{_origin.Web.Address}/one.git" });

        Assert.StartsWith($"`http://{_origin.Web.Address}/one.git` cannot be fetched: fatal: Authentication failed", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submodules_come_with_it_unless_they_are_not_wanted()
    {
        _origin.Create("inner", "deep", "text");
        _origin.Create("outer");
        _origin.Git("outer", "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", _origin.InRepository("inner", ""), "sub");
        File.WriteAllText(_origin.InRepository("outer", ".gitmodules"), "[submodule \"sub\"]\n\tpath = sub\n\turl = ../inner\n");
        _origin.CommitAll("outer");
        var source = new GitSource { Remote = $"{_origin.Address}/outer" };

        (GitCheckout with, _) = await FetchAsync(source);
        (GitCheckout without, _) = await FetchAsync(source with { Submodules = false });

        Assert.Equal(".gitmodules 644\nfile 644\nsub/ 755\nsub/deep 644", Describe(with.Files));
        Assert.Equal(".gitmodules 644\nfile 644\nsub/ 755", Describe(without.Files));
    }

    [Fact]
    public async Task A_submodule_of_the_builder_s_own_disk_is_refused()
    {
        _origin.Create("inner");
        _origin.Create("outer");
        _origin.Git("outer", "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", _origin.InRepository("inner", ""), "sub");
        _origin.CommitAll("outer");

        Diagnostic refused = await RefusalAsync(new GitSource { Remote = $"{_origin.Address}/outer" });

        Assert.Equal(DiagnosticRules.GitFailed, refused.Rule);
        Assert.Contains("transport 'file' not allowed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_repository_does_not_have_is_named()
    {
        _origin.Create("one");
        var source = new GitSource { Remote = $"{_origin.Address}/one", Reference = "none" };

        Assert.Equal($"the repository `{source}` does not contain ref `none`", (await RefusalAsync(source)).Message);
        Assert.Equal(DiagnosticRules.GitFailed, (await RefusalAsync(source with { Remote = $"{_origin.Address}/two" })).Rule);
        Assert.Equal(DiagnosticRules.GitFailed, (await RefusalAsync(source with { Remote = "ext::sh -c id", Reference = null })).Rule);
    }

    [Fact]
    public async Task Files_are_as_old_as_the_commit_on_demand()
    {
        _origin.Create("one");

        (GitCheckout checkout, _) = await FetchAsync(new GitSource { Remote = $"{_origin.Address}/one", CommitTimes = true });

        Assert.Equal(1_700_000_000, checkout.Files.Find(UnixPath.Clean("file"))?.ModifiedTime.Seconds);
    }

    [Fact]
    public async Task Without_git_the_error_says_what_to_install()
    {
        var fetcher = new GitFetcher(new GitProgram(new GitOptions { SearchPath = "/nowhere", Assistant = "/nowhere" }));
        Assert.False(fetcher.IsInstalled);

        var error = await Assert.ThrowsAsync<BuildException>(
            () => fetcher.FetchAsync(new GitSource { Remote = "git://x/y" }, _origin.NewDirectory(), TestContext.Current.CancellationToken));

        Assert.Equal(DiagnosticRules.GitMissing, error.Diagnostic.Rule);
    }

    [Fact]
    public async Task A_git_that_waits_is_ended_with_the_build()
    {
        using var stop = new CancellationTokenSource();
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        string remote = $"git://{silent.LocalEndpoint}/x";
        Task fetching = new GitFetcher(GitOrigin.Program).FetchAsync(new GitSource { Remote = remote }, _origin.NewDirectory(), stop.Token);
        using System.Net.Sockets.Socket connection = await silent.AcceptSocketAsync(TestContext.Current.CancellationToken);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetching);
        byte[] buffer = new byte[4096];
        while (await connection.ReceiveAsync(buffer, TestContext.Current.CancellationToken) > 0)
        {
        }
    }

    [Theory]
    [InlineData("fatal: unable to access 'https://me:pw@host/x.git/': no", "fatal: unable to access 'https://host/x.git/': no")]
    [InlineData("ssh://git@host:1/a and http://b/@c", "ssh://host:1/a and http://b/@c")]
    [InlineData("https://a:p@q@host", "https://host")]
    [InlineData("nothing ://", "nothing ://")]
    public void Users_and_passwords_are_taken_out_of_what_git_says(string said, string shown) => Assert.Equal(shown, GitProgram.Redact(said, null));

    private async Task<(GitCheckout Checkout, string Tree)> FetchAsync(GitSource source)
    {
        string directory = _origin.NewDirectory();
        GitCheckout checkout = await new GitFetcher(GitOrigin.Program).FetchAsync(source, directory, TestContext.Current.CancellationToken);
        return (checkout, Path.Combine(directory, "tree"));
    }

    private async Task<Diagnostic> RefusalAsync(GitSource source) =>
        (await Assert.ThrowsAsync<BuildException>(() => FetchAsync(source))).Diagnostic;

    private string RunIn(string tree, params string[] arguments) => _origin.Git("one", ["-C", tree, .. arguments]);

    private static string Describe(ISourceTree tree)
    {
        IEnumerable<string> Walk(UnixPath directory) => tree.List(directory).Select(name => tree.Find(directory.Append(name))!).SelectMany(entry =>
            entry.IsDirectory ? Walk(entry.Path).Prepend($"{entry.Path}/ {Convert.ToString(entry.Mode, 8)}") : [$"{entry.Path} {Convert.ToString(entry.Mode, 8)}"]);
        return string.Join('\n', Walk(UnixPath.Root));
    }

    private static string Read(ISourceTree tree, string path)
    {
        using var reader = new StreamReader(tree.Open(UnixPath.Clean(path)).Open(), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
