// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;
using Kiln.Planning;
using Kiln.Planning.Steps;
using Xunit;

namespace Kiln.Tests.Planning;

/// <summary>What each instruction makes of the configuration and the history, and what it refuses.</summary>
public sealed class InstructionEffectTests
{
    [Theory]
    [InlineData("WORKDIR a/../b", "/b")]
    [InlineData("WORKDIR /a\nWORKDIR b/../../c", "/c")]
    [InlineData("WORKDIR /a/../b/", "/a/../b/")]
    [InlineData("WORKDIR //x", "//x")]
    [InlineData("WORKDIR /a\nWORKDIR $nothing", "/a")]
    public void WORKDIR_cleans_a_relative_path_and_keeps_an_absolute_one(string instructions, string directory)
    {
        StagePlan stage = Plans.Below(instructions);

        Assert.Equal(directory, stage.Config.Config.WorkingDir);
        Assert.Equal($"WORKDIR {directory}", stage.Steps[^1].CreatedBy);
        Assert.IsType<WorkdirStep>(stage.Steps[^1]);
    }

    [Fact]
    public void WORKDIR_of_the_root_makes_no_layer() => Assert.IsType<MetadataStep>(Plans.Below("WORKDIR /").Steps[0]);

    [Theory]
    [InlineData("CMD [\"mine\"]\nENTRYPOINT [\"e\"]", new[] { "mine" })]
    [InlineData("ENTRYPOINT [\"e\"]", new string[0])]
    [InlineData("ENTRYPOINT [\"e\"]\nCMD [\"late\"]", new[] { "late" })]
    public void ENTRYPOINT_clears_a_CMD_that_is_not_the_stage_s_own(string instructions, string[] command) =>
        Assert.Equal(command, Plans.Below(instructions).Config.Config.Cmd);

    [Fact]
    public void A_CMD_of_a_parent_stage_is_not_the_stage_s_own() =>
        Assert.Empty(Plans.Of("FROM conf-base:1 AS a\nCMD [\"x\"]\nFROM a\nENTRYPOINT [\"e\"]").Target.Config.Config.Cmd);

    [Fact]
    public void A_shell_form_is_wrapped_by_SHELL_or_by_sh()
    {
        Assert.Equal(["/bin/sh", "-c", "a  b"], Plans.Below("CMD a  b").Config.Config.Cmd);
        Assert.Equal(["/bin/bash", "-c", "x"], Plans.Below("SHELL [\"/bin/bash\", \"-c\"]\nENTRYPOINT x").Config.Config.Entrypoint);
        Assert.Equal(["/bin/sh", "-e", "-c", "x"], Assert.IsType<RunStep>(Plans.Of("FROM conf-shell:1\nRUN x").Target.Steps[0]).Arguments);
    }

    [Theory]
    [InlineData("CMD [\"a b\", \"\\\"\", \"\\n\", \"\\u00e9\", \"\\u0001\"]", "CMD [\"a b\" \"\\\"\" \"\\n\" \"\u00e9\" \"\\x01\"]")]
    [InlineData("ENTRYPOINT []", "ENTRYPOINT []")]
    [InlineData("SHELL [\"/bin/x\", \"-c\"]", "SHELL [/bin/x -c]")]
    [InlineData("LABEL b=\"2 3\" a='1'", "LABEL b=2 3 a=1")]
    [InlineData("MAINTAINER Me <me@x>", "MAINTAINER Me <me@x>")]
    [InlineData("USER $nobody", "USER ")]
    [InlineData("VOLUME [\"/a\", \"/b c\"]", "VOLUME [/a /b c]")]
    [InlineData("STOPSIGNAL sigterm", "STOPSIGNAL sigterm")]
    [InlineData("EXPOSE 90 80 81/UDP", "EXPOSE [80/tcp 81/udp 90/tcp]")]
    [InlineData("ARG a=1 b", "ARG a=1 b")]
    public void The_history_says_what_Docker_says(string instruction, string text) => Assert.Equal([text], Plans.HistoryOf(instruction));

    [Theory]
    [InlineData("COPY --link a b ./c/", "COPY a b ./c/ # buildkit")]
    [InlineData("COPY --chown=1:2 --chmod=755 --exclude=x a /b", "COPY --chown=1:2 --chmod=755 a /b # buildkit")]
    [InlineData("COPY --parents ./a/b /c", "COPY --parents ./a/b /c # buildkit")]
    [InlineData("COPY --from=conf-base:1 a /b", "COPY a /b # buildkit")]
    [InlineData("ADD --chmod=600 a b", "ADD --chmod=600 a b # buildkit")]
    [InlineData("COPY <<X a /b/\nbody\nX", "COPY a <<X /b/ # buildkit")]
    public void The_history_of_a_copy_shows_sources_owner_and_mode_alone(string instruction, string text) =>
        Assert.Equal([text], Plans.HistoryOf(instruction));

    [Theory]
    [InlineData("/dir", "x", "/dir/x")]
    [InlineData("/dir", ".", "/dir/")]
    [InlineData("/dir", "./x/", "/dir/x/")]
    [InlineData("/dir", "../../x/.", "/x/")]
    [InlineData("/dir", "/a//b/../c", "/a/c")]
    [InlineData("/", ".", "/")]
    public void A_destination_is_made_absolute_and_keeps_that_it_is_a_directory(string directory, string written, string destination) =>
        Assert.Equal(destination, Plans.Only<CopyStep>($"WORKDIR {directory}\nCOPY a {written}").Destination);

    [Fact]
    public void A_heredoc_is_expanded_unless_its_name_is_quoted()
    {
        CopyStep step = Plans.Only<CopyStep>("ARG v=1\nCOPY <<A <<\"B\" /\n$v\nA\n$v\nB");

        Assert.Equal([("A", "1\n"), ("B", "$v\n")], step.Heredocs);
    }

    [Fact]
    public void A_trigger_is_kept_for_the_children_and_has_no_history()
    {
        StagePlan stage = Plans.Below("ONBUILD RUN a\nONBUILD COPY b /");

        Assert.Equal(["RUN a", "COPY b /"], stage.Config.Config.OnBuild);
        Assert.Empty(stage.Steps);
    }

    [Fact]
    public void The_triggers_of_an_image_run_first_and_are_gone_then()
    {
        StagePlan stage = Plans.Of("FROM conf-onbuild:1\nONBUILD RUN mine\nLABEL own=$TRIGGERED").Target;

        Assert.Equal(
            ["COPY trigger.txt /trigger.txt # buildkit", "RUN /bin/sh -c echo onbuild > /onbuild # buildkit", "ENV TRIGGERED=1", "LABEL own=1"],
            stage.Steps.Select(s => s.CreatedBy));
        Assert.Equal(["RUN mine"], stage.Config.Config.OnBuild);
        Assert.All(stage.Steps.Take(3), step => Assert.Equal(1, step.Span.Line));
    }

    [Fact]
    public void A_trigger_may_need_an_image_that_nothing_else_does()
    {
        var seen = new List<string>();
        BuildPlan plan = Plans.Of("FROM conf-shell:1 AS tools\nFROM x", null, image =>
        {
            seen.Add(image.Reference.Name);
            return BaseImages.Image(new ContainerConfig { OnBuild = image.Reference.Name.EndsWith("/x", StringComparison.Ordinal) ? ["COPY --from=tools / /"] : [] });
        });

        Assert.Equal(["docker.io/library/x", "docker.io/library/conf-shell"], seen);
        Assert.Equal([0, 1], plan.Stages.Select(s => s.Index));
    }

    [Fact]
    public void What_an_image_says_of_itself_beyond_what_Docker_knows_is_dropped() =>
        Assert.Null(Plans.Of("FROM conf-rich:1").Target.Config.Unknown);

    [Fact]
    public void Labels_of_the_command_line_win_and_have_no_history()
    {
        StagePlan stage = Plans.Of("FROM conf-rich:1\nLABEL a=file", Plans.Options with { Labels = [new("a", "flag"), new("base", "no")] }).Target;

        Assert.Equal([new("a", "flag"), new("base", "no"), new("keep", "1")], stage.Config.Config.Labels);
        Assert.Equal(["LABEL a=file"], stage.Steps.Select(s => s.CreatedBy));
    }

    [Theory]
    [InlineData("HEALTHCHECK NONE", new[] { "NONE" }, 0)]
    [InlineData("HEALTHCHECK --interval=1m30s CMD x y", new[] { "CMD-SHELL", "x y" }, 90_000_000_000)]
    [InlineData("SHELL [\"/bin/bash\"]\nHEALTHCHECK --interval=1ms cmd [\"a\", \"b\"]", new[] { "CMD", "a", "b" }, 1_000_000)]
    public void HEALTHCHECK_replaces_the_base_s(string instructions, string[] test, long interval)
    {
        HealthcheckConfig? check = Plans.Of($"FROM conf-rich:1\n{instructions}").Target.Config.Config.Healthcheck;

        Assert.Equal(test, check?.Test);
        Assert.Equal(interval, check?.IntervalNanoseconds);
    }

    [Theory]
    [InlineData("SIGKILL")]
    [InlineData("kill")]
    [InlineData("9")]
    [InlineData("RTMIN+3")]
    [InlineData("sigrtmax-1")]
    public void A_signal_is_a_name_or_a_number(string signal) =>
        Assert.Equal(signal, Plans.Below($"STOPSIGNAL {signal}").Config.Config.StopSignal);

    [Theory]
    [InlineData("0")]
    [InlineData("SIGNOTHING")]
    [InlineData("RTMIN+99")]
    [InlineData("$unset")]
    public void What_is_no_signal_is_refused(string signal) =>
        Assert.StartsWith("invalid signal: ", Plans.ErrorBelow($"STOPSIGNAL {signal}").Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("80", "80/tcp")]
    [InlineData("80/", "80/tcp")]
    [InlineData("80/SCTP", "80/sctp")]
    [InlineData("80-82/udp", "80/udp 81/udp 82/udp")]
    [InlineData("0080", "80/tcp")]
    [InlineData("127.0.0.1:8080:80", "80/tcp")]
    [InlineData("[::1]:8080:80", "80/tcp")]
    [InlineData("8080-8081:80-81", "80/tcp 81/tcp")]
    [InlineData("65535", "65535/tcp")]
    public void A_port_may_be_a_range_and_may_name_a_host_that_is_dropped(string word, string ports) =>
        Assert.Equal(ports, string.Join(' ', Plans.Below($"EXPOSE {word}").Config.Config.ExposedPorts));

    [Theory]
    [InlineData("/tcp", "invalid port: \"/tcp\": no port specified")]
    [InlineData("80/icmp", "invalid port: \"80/icmp\": invalid proto: icmp")]
    [InlineData("http", "invalid containerPort: http")]
    [InlineData("65536", "invalid containerPort: 65536")]
    [InlineData("82-80", "invalid containerPort: 82-80")]
    [InlineData("x:80", "invalid hostPort: x")]
    [InlineData("nowhere:1:80", "invalid IP address: nowhere")]
    [InlineData("1-3:80-81", "invalid ranges specified for container and host Ports: 80-81 and 1-3")]
    public void What_is_no_port_is_refused(string word, string message) => Assert.Equal(message, Plans.ErrorBelow($"EXPOSE {word}").Message);

    [Fact]
    public void Ports_are_sorted_before_and_split_after_they_are_expanded() =>
        Assert.Equal("EXPOSE [7/tcp 6/tcp 80/tcp 90/tcp]", Plans.HistoryOf("ARG x=\"7 6\"\nEXPOSE 90 80 $x")[^1]);

    [Theory]
    [InlineData("VOLUME [\"\"]")]
    [InlineData("VOLUME $unset")]
    public void A_volume_needs_a_path(string instruction) =>
        Assert.Equal("VOLUME specified can not be an empty string", Plans.ErrorBelow(instruction).Message);

    [Theory]
    [InlineData("COPY http://x/y /", "source can't be a URL for COPY")]
    [InlineData("COPY https://x/y.git /", "source can't be a git ref for COPY")]
    [InlineData("COPY git@github.com:a/b.git /", "source can't be a git ref for COPY")]
    [InlineData("ADD --checksum=sha256:0000000000000000000000000000000000000000000000000000000000000000 a /", "checksum requires HTTP(S) or Git sources")]
    [InlineData("USER ${v:?is needed}", "failed to process \"${v:?is needed}\": v: is needed")]
    public void What_cannot_be_is_refused_in_Docker_s_words(string instruction, string message) =>
        Assert.Equal(message, Plans.ErrorBelow(instruction).Message);

    [Fact]
    public void An_error_stands_at_the_line_of_its_instruction() => Assert.Equal(3, Plans.ErrorBelow("RUN x\nEXPOSE http").Span?.Line);
}
