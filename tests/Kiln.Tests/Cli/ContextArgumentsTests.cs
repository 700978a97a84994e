// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Fetching;
using Kiln.Cli.Start;
using Kiln.Contexts.Git;
using Kiln.Diagnostics;
using Kiln.Registry;
using Xunit;

namespace Kiln.Tests.Cli;

/// <summary>What `--context` and its relatives mean.</summary>
public sealed class ContextArgumentsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kiln-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("DIR", "DirectoryLocation DIR")]
    [InlineData("dir://DIR", "DirectoryLocation DIR")]
    [InlineData("dir://tmp", "DirectoryLocation /tmp")] // what many write who mean `dir:///tmp`
    [InlineData("tar://DIR/archive", "ArchiveFileLocation DIR/archive")]
    [InlineData("https://example.org/a/context.tar.gz?token=s3cret", "ArchiveUrlLocation https://example.org/a/context.tar.gz")]
    [InlineData("https://user:s3cret@example.org/context.tar", "ArchiveUrlLocation https://example.org/context.tar")]
    [InlineData("http://example.org/context.tar", "ArchiveUrlLocation http://example.org/context.tar")]
    [InlineData("s3://bucket/path/to/context.tar.gz", "ObjectLocation s3://bucket/path/to/context.tar.gz")]
    [InlineData("s3://bucket", "ObjectLocation s3://bucket/context.tar.gz")]
    [InlineData("gs://bucket/", "ObjectLocation gs://bucket/context.tar.gz")]
    [InlineData("https://account.blob.core.windows.net/box/a/b.tar?sv=1&sig=s3cret", "ObjectLocation https://account.blob.core.windows.net/box/a/b.tar")]
    [InlineData("https://account.blob.core.chinacloudapi.cn/box/b.tar", "ObjectLocation https://account.blob.core.chinacloudapi.cn/box/b.tar")]
    [InlineData("https://account.blob.core.windows.net.example.org/box/b.tar", "ArchiveUrlLocation https://account.blob.core.windows.net.example.org/box/b.tar")]
    [InlineData("oci://example.org/team/files:1", "ImageLocation oci://example.org/team/files:1")]
    [InlineData("oci:///layout:tag", "ImageLocation oci:///layout:tag")]
    [InlineData("git://example.org/a/b", "GitLocation https://example.org/a/b")]
    [InlineData("git@example.org:a/b.git#main", "GitLocation git@example.org:a/b.git")]
    [InlineData("https://s3cret@example.org/a/b.git#main", "GitLocation https://example.org/a/b.git")]
    public void A_text_is_a_place_and_is_shown_without_secrets(string text, string expected)
    {
        File.WriteAllText(Path.Combine(_directory, "archive"), "");

        ContextLocation location = Read([], "--context", text.Replace("DIR", _directory, StringComparison.Ordinal));

        Assert.Equal(expected.Replace("DIR", _directory, StringComparison.Ordinal), $"{location.GetType().Name} {location}");
    }

    [Theory]
    [InlineData("gs://bucket/context.tar.gz", "--bucket", "bucket")]
    [InlineData("gs://bucket/a/b", "-b", "bucket/a/b")]
    [InlineData("s3://bucket/a", "--bucket=s3://bucket/a", "--context=")]
    [InlineData("s3://other/a", "--bucket=bucket", "--context=s3://other/a")]
    public void A_bucket_counts_where_no_context_is_named(string expected, params string[] words) => Assert.Equal(expected, Read([], words).Name);

    [Theory]
    [InlineData("", "`--context` is empty")]
    [InlineData("ftp://example.org/a", "`ftp://` is no kind of build context that is known here")]
    [InlineData("/no/such/place", "the build context `/no/such/place` is not a directory")]
    [InlineData("tar:///no/such/place", "there is no `/no/such/place` to be the build context")]
    [InlineData("tar:///tmp", "the build context `/tmp` is a directory, and no archive")]
    [InlineData("s3:///key", "`s3:///key` names no bucket")]
    [InlineData("gs://b..c/key", "`gs://b..c/key` names no bucket")]
    [InlineData("https://account.blob.core.windows.net/box?sig=s3cret", "`https://account.blob.core.windows.net/box` names no blob")]
    [InlineData("https://?s3cret", "`https://` is no URL")]
    [InlineData("git://example.org/a#b#c", "`c` is no commit's hash, in `git://example.org/a`")]
    [InlineData("git://example.org/a#b#c#d", "it has more than a reference and a commit behind `#`, in `git://example.org/a`")]
    [InlineData("git://example.org/a#--upload-pack=x", "neither a repository nor a reference begins with `-` or holds white space, in `git://example.org/a`")]
    [InlineData("ssh://-oProxyCommand=x/a", "a host's name does not begin with `-`, in `ssh://-oProxyCommand=x/a`")]
    public void What_is_no_place_is_one_clear_error(string text, string message) => Assert.Equal(message, Refusal([], "--context", text).Message);

    [Fact]
    public void A_git_context_is_read_as_kaniko_reads_it()
    {
        const string Commit = "0123456789abcdef0123456789abcdef01234567";
        GitClone plain = Clone([], "git://example.org/a");
        GitClone full = Clone(new() { ["GIT_PULL_METHOD"] = "http", ["GIT_TOKEN"] = "t" }, $"git://example.org/a#refs/heads/main#{Commit}", "--git=depth=1", "--git", "single-branch=true");
        GitClone branch = Clone(
            new() { ["GIT_USERNAME"] = "u", ["GIT_PASSWORD"] = "p", ["GIT_LFS_SKIP_SMUDGE"] = "1" },
            "https://example.org/a.git#ignored",
            "--git=branch=dev,recurse-submodules=true,insecure-skip-tls=true,unknown=1");

        Assert.Equal(("https://example.org/a", null, null, 0, false, false, false), (plain.Remote, plain.Reference, plain.Commit, plain.Depth, plain.SingleBranch, plain.Submodules, plain.KeepsPointers));
        Assert.Null(plain.Login);
        Assert.Equal(("http://example.org/a", "refs/heads/main", Commit, 1, true), (full.Remote, full.Reference, full.Commit, full.Depth, full.SingleBranch));
        Assert.Equal(("t", ""), full.Login);
        Assert.Equal(("dev", true, true, true, true), (branch.Reference, branch.IsBranchOrTag, branch.Submodules, branch.SkipsTlsVerify, branch.KeepsPointers));
        Assert.Equal(("u", "p"), branch.Login);
        Assert.Equal("docs", Read([], "--context=git://example.org/a#main:docs").Subdirectory);
    }

    [Theory]
    [InlineData("`--git depth` is not of the form NAME=VALUE", "--git=depth")]
    [InlineData("`--git depth=some` is no number of commits", "--git=depth=some")]
    [InlineData("`--git single-branch` is set to `perhaps`, which is neither true nor false", "--git=single-branch=perhaps")]
    public void What_git_is_told_has_a_form(string message, string word) => Assert.Equal(message, Refusal([], "--context=git://example.org/a", word).Message);

    [Fact]
    public void The_protocol_of_git_contexts_is_one_that_git_knows() =>
        Assert.Equal("the environment's GIT_PULL_METHOD is `ftp`", Refusal(new() { ["GIT_PULL_METHOD"] = "ftp" }, "--context=git://example.org/a").Message);

    private static GitClone Clone(Dictionary<string, string> environment, string context, params string[] words) =>
        Assert.IsType<GitLocation>(Read(environment, ["--context", context, .. words])).Repository;

    private static ContextLocation Read(Dictionary<string, string> environment, params string[] words)
    {
        using var places = new CredentialPlaces([], environment, new RegistryOptions { UserAgent = "kiln/test" });
        return new ContextArguments(environment, places).Read(CommandLines.Read(words));
    }

    private static Diagnostic Refusal(Dictionary<string, string> environment, params string[] words) =>
        Assert.Throws<BuildException>(() => Read(environment, words)).Diagnostic;
}
