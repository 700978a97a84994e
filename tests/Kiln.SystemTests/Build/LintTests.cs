// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>Build checks as people meet them: by `kiln lint`, by `kiln build --check`, and in a build.</summary>
public sealed class LintTests(BuildWorld world)
{
    private const string Strict = "# check=error=true\nFROM base AS Upper\nRUN echo never";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lint_shows_findings_on_the_standard_output_and_counts_them_on_the_other()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Environment["HTTPS_PROXY"] = "http://127.0.0.1:1"; // nobody shall be asked for the base
        place.Dockerfile("FROM nobody/knows AS Upper\nCMD a");

        KilnRun run = await LintAsync(place, "context/Dockerfile");

        Assert.Equal((0, "2 findings in `context/Dockerfile`\n"), (run.Status, run.Error));
        Assert.StartsWith(
            "context/Dockerfile:1:19: warning: StageNameCasing: Stage name 'Upper' should be lowercase (line 1)\n"
            + "  1 | FROM nobody/knows AS Upper\n    |                   ^~~~~~~~\n"
            + "  see https://docs.docker.com/go/dockerfile/rule/stage-name-casing/\n\n",
            run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FROM base AS Upper", 0)]
    [InlineData("FROM base AS Upper", 1, "--error")]
    [InlineData(Strict, 1)]
    [InlineData(Strict, 0, "--build-arg", "BUILDKIT_DOCKERFILE_CHECK=skip=StageNameCasing;error=true")]
    [InlineData("FROM base\nRUNN", 1)]
    [InlineData("FROM base", 0, "--error")]
    public async Task The_status_says_whether_there_is_an_error(string dockerfile, int status, params string[] flags)
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile(dockerfile);

        KilnRun run = await LintAsync(place, ["--context", "context", .. flags]);

        Assert.Equal((status, status), (run.Status, run.Error.Split('\n').Count(line => line.Contains("error KILN", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("json")]
    [InlineData("sarif")]
    public async Task A_document_is_all_that_goes_to_the_standard_output_also_of_what_does_not_parse(string format)
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base\nRUNN");

        KilnRun run = await LintAsync(place, "--format", format, "context/Dockerfile", "context/none");

        using var document = JsonDocument.Parse(run.Output);
        string[] codes = format == "json"
            ? [.. document.RootElement.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("code").GetString()!)]
            : [.. document.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray().Select(result => result.GetProperty("ruleId").GetString()!)];
        Assert.Equal(["KILN1007", "KILN2003"], codes);
        Assert.Equal(1, run.Status);
    }

    [Fact]
    public async Task A_check_looks_at_base_images_and_at_all_stages_and_builds_nothing()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base AS a\nENV X=$PATH$NONE\nRUN exit 7\nFROM scratch AS b\nCMD a");

        KilnRun run = await place.BuildAsync(["--check"], Token);

        Assert.Equal((0, ""), (run.Status, run.Output));
        Assert.Contains("Dockerfile:2:12: warning: UndefinedVar: Usage of undefined variable '$NONE' (line 2)\n  2 | ENV X=$PATH$NONE\n", run.Error, StringComparison.Ordinal);
        Assert.Contains("warning: JSONArgsRecommended: ", run.Error, StringComparison.Ordinal);
        Assert.EndsWith("  check complete: 2 findings\n", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("[1/", run.Error, StringComparison.Ordinal);
        Assert.Empty(place.Remains());
    }

    [Fact]
    public async Task A_base_for_another_platform_is_found_when_it_was_looked_at()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base");

        KilnRun run = await place.BuildAsync(["--check", "--custom-platform", "linux/s390x"], Token);

        Assert.Contains("Dockerfile:1:6: warning: InvalidBaseImagePlatform: Base image base was pulled with platform \"linux/", run.Error, StringComparison.Ordinal);
        Assert.Contains("\", expected \"linux/s390x\" for current build (line 1)\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_warns_of_the_stages_that_it_plans()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base AS unused\nCMD a\nFROM base\nENV a b");

        KilnRun run = await place.BuildAsync(["--no-push"], Token);

        Assert.Equal(0, run.Status);
        Assert.Contains(
            "Dockerfile:4:1: warning: LegacyKeyValueFormat: \"ENV key=value\" should be used instead of legacy \"ENV key value\" format (line 4)\n"
            + "  see https://docs.docker.com/go/dockerfile/rule/legacy-key-value-format/\n",
            run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("JSONArgsRecommended", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Findings_that_are_errors_stop_a_build_before_its_first_step()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile(Strict);

        KilnRun run = await place.BuildAsync(["--no-push"], Token);

        Assert.Equal(1, run.Status);
        Assert.Contains("warning: StageNameCasing: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("error KILN1520: lint violation found for rules: StageNameCasing\n", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("[1/", run.Error, StringComparison.Ordinal);
    }

    private static async Task<KilnRun> LintAsync(BuildPlace place, params string[] arguments)
    {
        using RunningProgram program = place.Start(["lint", .. arguments]);
        return await program.WaitAsync(Token);
    }
}
