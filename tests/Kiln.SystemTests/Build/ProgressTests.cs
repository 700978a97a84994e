// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Kiln.SystemTests.Registry;
using Kiln.Tests.Cli.Rendering;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>What the program shows of a build, as a program, a CI system and a terminal get it.</summary>
public sealed class ProgressTests(BuildWorld world)
{
    private static readonly EventSchema Schema = EventSchema.Read(Checkout.Root);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_events_of_a_build_are_what_the_schema_says()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        string image = place.NewDestination();
        place.Dockerfile("FROM base AS a\nRUN echo made; printf '\\377' >&2; echo made > /srv/made\nFROM base\nENV x y\nCOPY --from=a /srv/made /srv/made\nRUN cat /srv/made");

        KilnRun run = await place.BuildAsync(["--progress", "rawjson", "--destination", image, "--cache-copy-layers", "--cache", "--cache-repo", $"oci:{place.Path("cache")}"], Token);

        Assert.True((run.Status, run.Error) == (0, ""), run.All);
        JsonElement[] events = Read(run);
        Assert.Equal(
            ["begin", "check", "end", "output", "published", "stage-end", "stage-start", "step-end", "step-start", "summary"],
            events.Select(KindOf).Distinct().Except(["activity", "log", "transfers"]).Order(StringComparer.Ordinal));
        Assert.Equal("made\n", Printed(events, "a"));
        Assert.Contains(events, line => line.TryGetProperty("base64", out JsonElement bytes) && bytes.GetBytesFromBase64() is [0xFF]);
        JsonElement summary = events.Single(line => KindOf(line) == "summary");
        Assert.Equal(await PushedDigestAsync(image), summary.GetProperty("digest").GetString());
        Assert.Equal(["built", "metadata", "built", "built"], summary.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("outcome").GetString()));
        Assert.NotEqual(0, summary.GetProperty("sent").GetInt64());
    }

    [Fact]
    public async Task The_events_of_a_build_that_fails_end_with_the_error()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base\nRUN echo said; exit 42");

        KilnRun run = await place.BuildAsync(["--progress", "rawjson", "--no-push"], Token);

        Assert.Equal(42, run.Status);
        JsonElement[] events = Read(run);
        Assert.Equal(["output", "step-end", "stage-end", "error", "end"], events[^5..].Select(KindOf));
        Assert.Equal(("failed", "KILN4010", 2, false), (
            events[^4].GetProperty("outcome").GetString(), events[^2].GetProperty("code").GetString(), events[^2].GetProperty("at").GetProperty("line").GetInt32(),
            events[^1].GetProperty("succeeded").GetBoolean()));
        Assert.StartsWith("Dockerfile:2:1: error KILN4010: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_job_of_GitHub_a_step_cannot_give_commands()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Environment["GITHUB_ACTIONS"] = "true";
        place.Dockerfile("FROM base\nRUN echo ::add-path::/evil; echo '##[add-path]/evil' >&2; false");

        KilnRun run = await place.BuildAsync(["--no-push"], Token);

        // What steps print has to be in order with what ends it.
        Assert.Equal((1, ""), (run.Status, run.Output));
        GitHubRunner runner = GitHubRunner.Read(run.Error);
        Assert.Equal(["group", "endgroup", "error"], runner.Commands.Select(command => command.Split(' ')[0]));
        Assert.Equal((0, false), (runner.Groups, runner.IsStopped));
        Assert.Contains((1, "::add-path::/evil"), runner.Lines);
    }

    [Theory]
    [InlineData("RUN echo one; echo two", 0)]
    [InlineData("RUN echo one; echo two; exit 3", 3)]
    public async Task On_a_terminal_the_cursor_comes_back_and_a_failure_shows_what_was_printed(string step, int status)
    {
        Assert.SkipUnless(Programs.Has("script"), "script (util-linux) is not installed");
        using BuildPlace place = await world.NewPlaceAsync();
        place.Environment["TERM"] = "xterm";
        place.Dockerfile($"FROM base\nRUN sleep 0.3\n{step}");

        string build = $"$0 build --no-push --context dir://{place.Path("context")} --registry-mirror {place.Registry}";
        using RunningProgram program = place.Start([], ["sh", "-c", $"exec script -qec \"{build}\" /dev/null"]);
        KilnRun run = await program.WaitAsync(Token);

        Assert.Equal(status, run.Status);
        Assert.Contains("\e[?25l", run.Output, StringComparison.Ordinal);
        Assert.True(run.Output.LastIndexOf("\e[?25h", StringComparison.Ordinal) > run.Output.LastIndexOf("\e[?25l", StringComparison.Ordinal), run.All);
        Assert.Equal(status != 0, run.Output.Contains("one\ntwo\n", StringComparison.Ordinal) || run.Output.Contains("one\r\ntwo\r\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Quietly_there_is_the_digest_alone()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Environment["BUILDKIT_PROGRESS"] = "quiet";
        place.Dockerfile("FROM base\nENV a b\nRUN echo said");

        KilnRun run = await place.BuildAsync(["--no-push", "--digest-file", place.Path("digest")], Token);

        Assert.Equal((0, await File.ReadAllTextAsync(place.Path("digest"), Token) + "\n", ""), (run.Status, run.Output, run.Error));
    }

    private static JsonElement[] Read(KilnRun run)
    {
        string[] lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Null(Schema.FindFault(line)));
        return [.. lines.Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static string KindOf(JsonElement line) => line.GetProperty("type").GetString()!;

    private static string Printed(JsonElement[] events, string stage) => string.Concat(events
        .Where(line => KindOf(line) == "output" && line.GetProperty("stage").GetString() == stage && line.TryGetProperty("text", out _))
        .Select(line => line.GetProperty("text").GetString()));

    private static async Task<string> PushedDigestAsync(string image) => (await PushedImage.FetchAsync(image, Token)).Digest;
}
