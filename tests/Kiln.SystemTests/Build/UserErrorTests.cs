// SPDX-License-Identifier: Apache-2.0
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>What people read when they, or their surroundings, made a mistake: one error, where it is, and what to do.</summary>
public sealed class UserErrorTests(BuildWorld world)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Mistakes in the Dockerfile.</summary>
    [Theory]
    [InlineData("malformed_instruction", "FROM base\nENV A")]
    [InlineData("unterminated_heredoc", "FROM base\nRUN <<END\necho hello")]
    [InlineData("required_variable", "ARG tag\nFROM base:${tag:?needed}")]
    [InlineData("unknown_instruction", "FROM base\nRUNN echo hello")]
    [InlineData("unknown_flag_of_instruction", "FROM base\nCOPY --chwon=1 a b")]
    [InlineData("no_from", "RUN echo hello")]
    [InlineData("missing_copy_source", "FROM base\n\nCOPY present absent /srv/")]
    [InlineData("missing_source_in_stage", "FROM base AS build\nFROM base\nCOPY --from=build /absent /b")]
    [InlineData("directory_onto_file", "FROM base\nCOPY . /srv/keep")]
    [InlineData("bad_chmod", "FROM base\nCOPY --chmod=rwx present /srv/")]
    [InlineData("bad_chown", "FROM scratch\nCOPY --chown=somebody present /srv/")]
    [InlineData("run_on_nothing", "FROM scratch\nRUN true")]
    [InlineData("image_not_found", "FROM base\nFROM REGISTRY/not/there:1.2")]
    [InlineData("remote_add", "FROM base\nADD --checksum=md5:00 https://example.org/archive.tar.gz /srv/")]
    [InlineData("git_add", "FROM base\nADD https://example.org/project.git?tag=v1&branch=main /srv/")]
    [InlineData("mount_ssh", "FROM base\nRUN --mount=type=ssh,required=true git fetch")]
    [InlineData("security_insecure", "FROM base\nRUN --security=insecure true")]
    [InlineData("required_secret", "FROM base\nRUN --mount=type=secret,id=token,required=true true")]
    [InlineData("unknown_user", "FROM base\nUSER nobody-here\nRUN true")]
    [InlineData("failing_step", "FROM base\nRUN echo first && \\\n    exit 3\nRUN echo never")]
    public Task A_Dockerfile_s_mistake_is_shown_in_its_place(string name, string dockerfile) => CheckAsync(name, dockerfile, "--no-push");

    /// <summary>Mistakes on the command line.</summary>
    [Theory]
    [InlineData("no_destination")]
    [InlineData("bad_destination", "--destination", "example.org/Upper/case")]
    [InlineData("bad_platform", "--no-push", "--custom-platform", "linux/")]
    [InlineData("bad_label", "--no-push", "--label", "novalue")]
    [InlineData("bad_verbosity", "--no-push", "--verbosity", "loud")]
    [InlineData("bad_isolation", "--no-push", "--isolation", "jail")]
    [InlineData("isolation_none", "--no-push", "--isolation=none")]
    [InlineData("bad_switch", "--no-push=perhaps")]
    [InlineData("missing_value", "--no-push", "--target")]
    [InlineData("unknown_flag", "--no-push", "--taget", "a")]
    [InlineData("unknown_target", "--no-push", "--target", "tset")]
    [InlineData("missing_context", "--no-push", "--context", "dir:///no/such/place")]
    [InlineData("unknown_context", "--no-push", "--context", "ftp://example.org/context.tar.gz")]
    [InlineData("missing_dockerfile", "--no-push", "--dockerfile", "Dockerfile.prod")]
    [InlineData("missing_named_context", "--no-push", "--build-context", "base=no/such/directory")]
    [InlineData("unknown_word", "--no-push", "now")]
    [InlineData("bad_build_context", "--no-push", "--build-context", "no-equals-sign")]
    [InlineData("missing_secret_file", "--no-push", "--secret", "id=token,src=no-such-file")]
    [InlineData("missing_secret_variable", "--no-push", "--secret", "id=token,env=NO_SUCH_VARIABLE")]
    [InlineData("root_is_a_file", "--no-push", "--root-dir", "context/present")]
    [InlineData("connection_refused", "--destination", "127.0.0.1:1/some/image:1")]
    public Task A_command_line_s_mistake_is_named(string name, params string[] flags) =>
        CheckAsync(name, "FROM base AS test\nRUN true", flags);

    [Fact]
    public async Task A_misspelt_stage_is_taken_for_an_image_and_the_stage_is_named()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Environment["HTTPS_PROXY"] = "http://127.0.0.1:1"; // nobody shall be asked for an image of that name
        place.Environment["NO_PROXY"] = "127.0.0.1";
        place.Dockerfile("FROM base AS build\nFROM base\nCOPY --from=biuld /a /b");

        KilnRun run = await place.BuildAsync(["--no-push"], Token);

        Assert.Equal(1, run.Status);
        Assert.Contains("Dockerfile:3:", run.Error, StringComparison.Ordinal);
        Assert.Contains("hint: did you mean the stage `build`?\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistake_in_the_ignore_file_is_shown_in_its_place()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Write(".dockerignore", "# a comment\nfine\nbroken[\n");
        await CheckAsync("ignore_file", place, "FROM base\nCOPY . /srv", ["--no-push"]);
    }

    [Fact]
    public async Task A_registry_that_wants_credentials_is_named()
    {
        await using DockerRegistry closed = await DockerRegistry.StartAsync(new DockerRegistryOptions { User = ("me", "secret") }, Token);
        using BuildPlace place = await world.NewPlaceAsync();
        await CheckAsync("registry_refuses", place, "FROM base\nENV A=1", ["--destination", $"{closed.Address}/closed/image:1"], closed.Address);
    }

    [Fact]
    public async Task A_base_for_other_platforms_only_is_named_with_those()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        await ForeignIndex.PushAsync(place.Registry, "library/foreign", Token);
        await CheckAsync("foreign_base", place, "FROM foreign\nENV A=1", ["--no-push", "--custom-platform", "linux/amd64"]);
    }

    private async Task CheckAsync(string name, string dockerfile, params string[] flags)
    {
        using BuildPlace place = await world.NewPlaceAsync();
        await CheckAsync(name, place, dockerfile, flags);
    }

    private static async Task CheckAsync(string name, BuildPlace place, string dockerfile, string[] flags, string? otherRegistry = null)
    {
        place.Dockerfile(dockerfile.Replace("REGISTRY", place.Registry, StringComparison.Ordinal));
        place.Write("present", "present\n");
        KilnRun run = await place.BuildAsync(["--verbosity=error", .. flags], Token);
        GoldenFile.Check(name, otherRegistry is null ? run : run with { Error = run.Error.Replace(otherRegistry, "CLOSED", StringComparison.Ordinal) }, place);
        Assert.NotEqual(0, run.Status);
        Assert.Single(run.Error.Split('\n'), line => line.Contains("error KILN", StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.Empty(place.Remains());
    }
}
