// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Planning;
using Kiln.Planning.Sources;
using Kiln.Planning.Steps;
using Xunit;

namespace Kiln.Tests.Planning;

/// <summary>Sources that lie elsewhere, and what their addresses mean.</summary>
public sealed class RemoteSourceTests
{
    private const string Hash = "0123456789012345678901234567890123456789";

    [Theory]
    [InlineData("https://h/a/b.txt?x=/y#z", "b.txt")]
    [InlineData("https://h/a/", "a")]
    [InlineData("https://h/a%20b%5Bc%5D", "a b[c]")]
    [InlineData("https://h/a%2Fb", "b")]
    [InlineData("http://h", "__unnamed__")]
    [InlineData("http://h/", "__unnamed__")]
    [InlineData("http://h/?a/b", "__unnamed__")]
    [InlineData("http://h/a/..", "__unnamed__")]
    [InlineData("http://h/a%00", "__unnamed__")]
    public void A_URL_s_file_has_the_name_of_its_last_part(string url, string name)
    {
        CopySource source = Source($"ADD {url} /");

        Assert.Equal((url, name), (Assert.IsType<HttpSource>(source.From).Url, source.Path));
        Assert.False(source.UnpackArchives);
    }

    [Theory]
    [InlineData("--unpack=true", true)]
    [InlineData("--unpack=false", false)]
    [InlineData("--unpack", true)]
    public void A_URL_s_archive_is_unpacked_on_demand(string flag, bool unpack) => Assert.Equal(unpack, Source($"ADD {flag} http://h/a.tar /").UnpackArchives);

    [Fact]
    public void Sources_of_all_kinds_go_into_one_step_in_their_order()
    {
        CopyStep step = Plans.Only<CopyStep>("ADD local http://h/a git@h:b.git /");

        Assert.Equal([typeof(ContextSource), typeof(HttpSource), typeof(GitSource)], step.Sources.Select(s => s.From.GetType()));
        Assert.Equal([true, false, false], step.Sources.Select(s => s.UnpackArchives));
        Assert.Equal(["local", "http://h/a", "git@h:b.git"], step.Sources.Select(s => s.Span.Text));
    }

    [Theory]
    [InlineData("COPY a aa \\\n  a /", "a|aa|a")]
    [InlineData("COPY --chown=a a$v b /", "a$v|b")]
    public void Each_source_knows_where_it_was_written(string instruction, string spans) =>
        Assert.Equal(spans, string.Join('|', Plans.Only<CopyStep>(instruction).Sources.Select(s => s.Span.Text)));

    [Fact]
    public void The_sources_of_a_trigger_stand_at_the_FROM() =>
        Assert.Equal("FROM conf-onbuild:1", Plans.Of("FROM conf-onbuild:1").Target.Steps.OfType<CopyStep>().First().Sources[0].Span.Text);

    [Theory]
    [InlineData("https://h/r.git", "https://h/r.git", null, "")]
    [InlineData("https://h/r.git#main", "https://h/r.git", "main", "")]
    [InlineData("https://h/r.git#main:a/b/", "https://h/r.git", "main", "a/b")]
    [InlineData("https://h/r.git#:a", "https://h/r.git", null, "a")]
    [InlineData("git://h/r", "git://h/r", null, "")]
    [InlineData("ssh://git@h:22/r#v1", "ssh://git@h:22/r", "v1", "")]
    [InlineData("git@h:o/r.git#v1:x", "git@h:o/r.git", "v1", "x")]
    [InlineData("https://h/r.git?ref=main&subdir=a%2Fb", "https://h/r.git", "main", "a/b")]
    [InlineData("https://h/r.git?tag=v1", "https://h/r.git", "refs/tags/v1", "")]
    [InlineData("https://h/r.git?branch=refs/heads/x", "https://h/r.git", "refs/heads/x", "")]
    [InlineData("https://h/r.git?ref=main#main", "https://h/r.git", "main", "")]
    public void A_repository_s_reference_and_directory_are_in_its_fragment_or_query(string text, string remote, string? reference, string directory)
    {
        GitSource git = Git($"ADD {text} /");

        Assert.Equal((remote, reference, directory), (git.Remote, git.Reference, git.Subdirectory));
    }

    [Fact]
    public void Flags_and_query_say_how_a_repository_is_fetched()
    {
        Assert.Equal(new GitSource { Remote = "https://h/r.git" }, Git("ADD https://h/r.git /"));
        Assert.Equal(
            new GitSource { Remote = "https://h/r.git", Commit = Hash, KeepsGitDirectory = true, Submodules = false, CommitTimes = true, FetchesByCommit = true },
            Git($"ADD https://h/r.git?commit={Hash}&keep-git-dir&submodules=0&mtime=commit&fetch-by-commit=1 /"));
        Assert.Equal(
            new GitSource { Remote = "https://h/r.git", Commit = Hash, KeepsGitDirectory = true },
            Git($"ADD --keep-git-dir --checksum={Hash} https://h/r.git?checksum={Hash} /"));
    }

    [Theory]
    [InlineData("ADD http://h/a http://h/b --x /", "checksum can't be specified for multiple sources")]
    public void A_checksum_is_of_one_source(string instruction, string message) =>
        Assert.Equal(message, Plans.ErrorBelow($"ADD --checksum=sha256:{new string('0', 64)} {instruction[4..]}").Message);

    [Theory]
    [InlineData("sha512:00", "unsupported digest algorithm `sha512`: a URL's checksum is its SHA-256")]
    [InlineData("sha256:00", "invalid checksum digest length or format: `sha256:00`")]
    [InlineData("00", "invalid checksum digest format: `00`")]
    public void A_checksum_of_a_URL_is_its_SHA_256(string checksum, string message)
    {
        Diagnostic error = Plans.ErrorBelow($"ADD --checksum={checksum} http://h/a /");

        Assert.Equal((DiagnosticRules.InvalidChecksum, message), (error.Rule, error.Message));
    }

    [Theory]
    [InlineData("ADD https://h/r.git?a=b /", "unexpected query \"a\", in `https://h/r.git`")]
    [InlineData("ADD https://h/r.git?ref /", "query \"ref\" has no value, in `https://h/r.git`")]
    [InlineData("ADD https://h/r.git?ref=a&ref=a /", "query \"ref\" has multiple values, in `https://h/r.git`")]
    [InlineData("ADD https://h/r.git?ref=a#b /", "ref conflicts: \"b\" vs \"a\", in `https://h/r.git`")]
    [InlineData("ADD https://h/r.git?subdir=a#b:c /", "subdir conflicts: \"c\" vs \"a\", in `https://h/r.git`")]
    [InlineData("ADD https://h/r.git?tag=a&branch=a /", "branch conflicts with tag, in `https://h/r.git`")]
    [InlineData("ADD https://h/r.git?mtime=x /", "invalid mtime value: \"x\" (must be \"checkout\" or \"commit\"), in `https://h/r.git`")]
    [InlineData("ADD https://h/r.git?keep-git-dir=x /", "invalid keep-git-dir value: \"x\", in `https://h/r.git`")]
    [InlineData("ADD https://u:p@h/r.git?commit=xyz /", "invalid checksum xyz for Git source, expected hex commit hash, in `https://h/r.git`")]
    [InlineData("ADD https://h/r.git#--upload-pack=x /", "neither a repository nor a reference begins with `-` or holds white space, in `https://h/r.git`")]
    [InlineData("ADD git@-oProxyCommand=x:r /", "a host's name does not begin with `-`, in `git@-oProxyCommand=x:r`")]
    [InlineData("ADD ssh://-oProxyCommand=x/r /", "a host's name does not begin with `-`, in `ssh://-oProxyCommand=x/r`")]
    [InlineData("ADD --keep-git-dir=false https://h/r.git?keep-git-dir=true /", "inconsistent keep-git-dir configuration: the flag and the URL disagree")]
    [InlineData("ADD --checksum=0123456 https://h/r.git?commit=1234567 /", "checksum mismatch \"1234567\" != \"0123456\"")]
    public void An_address_that_contradicts_itself_is_refused(string instruction, string message) =>
        Assert.Equal(message, Plans.ErrorBelow(instruction).Message);

    [Fact]
    public void The_history_has_a_URL_without_its_user() => Assert.Equal(
        ["ARG p=secret", "ADD https://h/a?x=1 /d # buildkit", "ADD https://h/r.git#v1 /e # buildkit"],
        Plans.HistoryOf("ARG p=secret\nADD https://u:${p}@h/a?x=1 /d\nADD https://$p@h/r.git#v1 /e"));

    [Theory]
    [InlineData("oci-layout:///a/b", "/a/b", null)]
    [InlineData("oci-layout:///a/b:1.2", "/a/b", "1.2")]
    [InlineData("oci-layout://a:b/c", "a:b/c", null)]
    [InlineData("oci-layout://rel@sha256:00", "rel", "sha256:00")]
    [InlineData("oci-layout://rel:tag@sha256:00", "rel", "sha256:00")]
    public void A_layout_is_a_directory_and_maybe_a_tag_or_digest(string spec, string directory, string? image) => Assert.Equal(
        new LayoutSource(directory, image, Plans.Options.BuildPlatform), Named(spec));

    [Theory]
    [InlineData("docker-archive:/a/b.tar", "/a/b.tar", null)]
    [InlineData("docker-archive:///a/b.tar:h.io/app:1", "/a/b.tar", "h.io/app:1")]
    [InlineData("docker-archive:b.tar:app:1@sha256:00", "b.tar", "sha256:00")]
    public void An_archive_of_images_is_a_file_and_maybe_a_name_or_digest(string spec, string file, string? image) => Assert.Equal(
        new ImageArchiveSource(file, image, Plans.Options.BuildPlatform), Named(spec));

    [Fact]
    public void What_a_Dockerfile_names_on_disk_is_in_the_context()
    {
        BuildPlan plan = Plans.Of("FROM oci-layout://../l:1 AS a\nFROM docker-archive:i.tar\nCOPY --from=a / /a\nCOPY --from=oci-layout://m / /b");

        Assert.Equal(
            [
                new LayoutSource("../l", "1", Plans.Options.BuildPlatform) { InContext = true },
                new ImageArchiveSource("i.tar", null, Plans.Options.BuildPlatform) { InContext = true },
            ],
            plan.Stages.Select(stage => stage.Base));
        Assert.Equal(
            new LayoutSource("m", null, Plans.Options.BuildPlatform) { InContext = true },
            plan.Target.Steps.OfType<CopyStep>().Last().Sources[0].From);
    }

    [Fact]
    public void A_named_context_can_be_a_repository_or_an_archive()
    {
        Assert.Equal(new GitSource { Remote = "https://h/r.git", Reference = "v1" }, Named("https://h/r.git#v1"));
        Assert.Equal(new GitSource { Remote = "https://github.com/o/r" }, Named("github.com/o/r"));
        Assert.Equal(new ArchiveSource("https://h/a.tar.gz"), Named("https://h/a.tar.gz"));
    }

    [Theory]
    [InlineData("ftp://h/a", "unsupported context source `ftp` for `name`")]
    [InlineData("oci-layout://", "oci-layout reference \"oci-layout://\" has no name")]
    [InlineData("docker-archive:", "`docker-archive:` for `name` names no file")]
    [InlineData("https://h/r.git?x=y", "unexpected query \"x\", in `https://h/r.git`")]
    public void A_named_context_that_cannot_be_understood_is_refused_at_once(string spec, string message) =>
        Assert.Equal(message, Assert.Throws<BuildException>(() => new NamedContexts([new("name", spec)])).Message);

    [Fact]
    public void An_image_that_is_only_copied_from_is_asked_for_while_the_build_is_planned()
    {
        var asked = new List<string>();
        Plans.Of(
            "FROM scratch AS unused\nCOPY --from=never / /\nFROM scratch\nCOPY --from=other:1 / /\nRUN --mount=from=third,target=/m x",
            images: image =>
            {
                asked.Add(image.Reference.Familiar);
                return BaseImages.Image(new Kiln.Oci.ContainerConfig());
            });

        Assert.Equal(["other:1", "third:latest"], asked);
    }

    private static CopySource Source(string instruction) => Assert.Single(Plans.Only<CopyStep>(instruction).Sources);

    private static GitSource Git(string instruction) => Assert.IsType<GitSource>(Source(instruction).From);

    private static SourceReference? Named(string spec) => new NamedContexts([new("name", spec)]).Find("name", Plans.Options.BuildPlatform);
}
