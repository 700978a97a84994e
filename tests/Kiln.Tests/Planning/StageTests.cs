// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Planning;
using Kiln.Planning.Sources;
using Kiln.Planning.Steps;
using Xunit;

namespace Kiln.Tests.Planning;

/// <summary>Names, numbers, order and reachability of stages.</summary>
public sealed class StageTests
{
    [Fact]
    public void Only_what_the_target_needs_is_planned_in_the_order_of_the_file()
    {
        BuildPlan plan = Plans.Of(
            """
            FROM conf-base:1 AS a
            FROM conf-base:1 AS unused
            RUN x
            FROM conf-base:1 AS b
            RUN --mount=from=a,target=/m true
            FROM scratch
            COPY --from=b / /
            """);

        Assert.Equal([0, 2, 3], plan.Stages.Select(s => s.Index));
        Assert.Equal(["a", "b", "stage-3"], plan.Stages.Select(s => s.Name));
        Assert.Equal(3, plan.Target.Index);
    }

    [Fact]
    public void Of_several_targets_the_first_becomes_the_image_and_all_are_planned()
    {
        BuildPlan plan = Plans.Of(
            """
            FROM conf-base:1 AS a
            FROM a AS test
            RUN x
            FROM conf-base:1 AS unused
            FROM conf-base:1 AS late
            """,
            Plans.Options with { Target = "A", OtherTargets = ["late", "test", "a"], Labels = [new("l", "1")] });

        Assert.Equal([0, 1, 3], plan.Stages.Select(s => s.Index));
        Assert.Equal([0, 3, 1], plan.Targets);
        Assert.Equal(("a", "1"), (plan.Target.Name, plan.Target.Config.Config.Labels["l"]));
        Assert.DoesNotContain("l", plan.Stages[^1].Config.Config.Labels.Keys);
    }

    [Fact]
    public void Another_target_that_is_not_there_is_an_error_too() =>
        Assert.Contains("\"b\" could not be found", Plans.Error("FROM conf-base:1 AS a", Plans.Options with { Target = "a", OtherTargets = ["b"] }).Message, StringComparison.Ordinal);

    [Fact]
    public void An_image_that_no_needed_stage_starts_from_is_not_asked_for()
    {
        var asked = new List<string>();

        Plans.Of("FROM conf-shell:1 AS no\nFROM conf-base:1 AS yes\nFROM conf-rich:1", Plans.Options with { Target = "yes" }, image =>
        {
            asked.Add(image.Reference.ToString());
            return BaseImages.Find(image);
        });

        Assert.Equal(["docker.io/library/conf-base:1"], asked);
    }

    [Theory]
    [InlineData("build")]
    [InlineData("BUILD")]
    public void A_target_is_found_in_any_case(string target) =>
        Assert.Equal(0, Plans.Of("FROM conf-base:1 AS Build\nFROM scratch", Plans.Options with { Target = target }).Target.Index);

    [Theory]
    [InlineData("0")]
    [InlineData("biuld")]
    public void A_target_that_no_stage_is_called_is_refused_and_numbers_are_no_names(string target)
    {
        Diagnostic error = Plans.Error("FROM scratch AS build", Plans.Options with { Target = target });

        Assert.Equal($"target stage \"{target}\" could not be found", error.Message);
    }

    [Fact]
    public void A_misspelt_target_brings_the_right_name_to_mind() =>
        Assert.Equal("did you mean `build`?", Plans.Error("FROM scratch AS build", Plans.Options with { Target = "biuld" }).Hint);

    [Fact]
    public void FROM_takes_the_latest_stage_of_a_name_above_it_and_the_case_of_letters_counts()
    {
        BuildPlan plan = Plans.Of("FROM scratch AS x\nFROM conf-base:1 AS x\nFROM x");

        Assert.Equal(new StageSource(1), plan.Target.Base);
        Assert.Equal(DiagnosticRules.InvalidReference, Plans.Error("FROM scratch AS base\nFROM Base").Rule);
    }

    [Fact]
    public void FROM_a_number_is_an_image()
    {
        ImageReference? seen = null;
        Plans.Of("FROM conf-base:1\nFROM 0", null, image =>
        {
            seen = image.Reference;
            return BaseImages.Image(new ContainerConfig());
        });

        Assert.Equal("docker.io/library/0:latest", seen?.ToString());
    }

    [Theory]
    [InlineData("COPY --from=B / /", 1)]
    [InlineData("COPY --from=0 / /", 0)]
    [InlineData("COPY --from=1 / /", 1)]
    public void COPY_names_a_stage_in_any_case_or_by_its_number(string copy, int index)
    {
        CopyStep step = Assert.IsType<CopyStep>(Plans.Of($"FROM scratch AS a\nFROM scratch AS b\nFROM scratch\n{copy}").Target.Steps[0]);

        Assert.Equal(new StageSource(index), Assert.Single(step.Sources).From);
    }

    [Theory]
    [InlineData("3")]
    [InlineData("-1")]
    public void A_number_that_no_stage_has_is_refused(string number) =>
        Assert.Equal($"invalid stage index {number}", Plans.Error($"FROM scratch\nCOPY --from={number} / /").Message);

    [Fact]
    public void The_numbers_of_mounts_are_images()
    {
        var step = (RunStep)Plans.Of(
            "FROM scratch\nRUN --mount=from=0,target=/m true", images: _ => BaseImages.Image(new ContainerConfig())).Target.Steps[0];

        Assert.Equal("docker.io/library/0:latest", Assert.IsType<ImageSource>(step.Mounts[0].From).Reference.ToString());
    }

    [Theory]
    [InlineData("FROM scratch AS a\nCOPY --from=b / /\nFROM scratch AS b", "cannot copy from stage \"b\", it needs to be defined before current stage \"a\"")]
    [InlineData("FROM scratch AS a\nCOPY --from=1 / /\nFROM scratch AS b", "cannot copy from stage \"b\", it needs to be defined before current stage \"a\"")]
    [InlineData("FROM scratch AS a\nRUN --mount=from=b,target=/t x\nFROM scratch AS b", "cannot mount from stage \"b\" to \"/t\", stage needs to be defined before current command")]
    public void A_stage_must_stand_above_the_one_that_takes_from_it(string file, string message) =>
        Assert.Equal(message, Plans.Error(file, Plans.Options with { Target = "a" }).Message);

    [Fact]
    public void Of_two_stages_with_one_name_COPY_means_the_last_even_above_it() =>
        Assert.Equal(
            "cannot copy from stage \"x\", it needs to be defined before current stage \"y\"",
            Plans.Error("FROM scratch AS x\nFROM scratch AS y\nCOPY --from=x / /\nFROM scratch AS x", Plans.Options with { Target = "y" }).Message);

    [Theory]
    [InlineData("FROM scratch AS a\nCOPY --from=a / /")]
    [InlineData("FROM scratch AS a\nCOPY --from=0 / /")]
    [InlineData("FROM scratch AS a\nRUN --mount=from=a,target=/t x")]
    public void A_stage_that_takes_from_itself_goes_in_a_circle(string file) =>
        Assert.Equal("circular dependency detected on stage: a", Plans.Error(file).Message);

    [Fact]
    public void A_wrong_order_of_stages_that_nobody_needs_does_no_harm() =>
        Assert.Equal([1], Plans.Of("FROM scratch AS a\nCOPY --from=b / /\nFROM scratch AS b").Stages.Select(s => s.Index));

    [Fact]
    public void A_circle_is_an_error_even_where_nobody_needs_it() =>
        Assert.StartsWith(
            "circular dependency detected on stage: ",
            Plans.Error("FROM scratch AS a\nCOPY --from=b / /\nFROM a AS b\nFROM scratch").Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("COPY --from=$X / /")]
    [InlineData("COPY --from=${X:-a} / /")]
    public void The_stage_of_a_COPY_holds_no_variables_even_in_a_stage_that_nobody_needs(string copy) =>
        Assert.Equal(
            "variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround",
            Plans.Error($"FROM scratch AS a\nFROM scratch\n{copy}\nFROM scratch AS z").Message);

    [Fact]
    public void Values_of_a_stage_that_nobody_needs_are_not_looked_at() =>
        Assert.Equal(1, Plans.Of("FROM scratch\nSTOPSIGNAL nonsense\nEXPOSE http\nFROM scratch").Target.Index);

    [Theory]
    [InlineData("ARG base\nFROM $base", "base name ($base) should not be blank")]
    [InlineData("FROM --platform=$P scratch", "empty platform value from expression $P")]
    [InlineData("FROM --platform=linux/am/d/64 conf-base:1", "failed to parse platform linux/am/d/64: unknown operating system or architecture")]
    public void The_head_of_every_stage_is_checked(string head, string message) =>
        Assert.Equal(message, Plans.Error($"{head}\nFROM scratch AS last").Message);

    [Fact]
    public void Scratch_is_an_empty_image_with_a_path_for_the_target_s_platform()
    {
        StagePlan stage = Plans.Of("FROM --platform=linux/s390x scratch", Plans.Options with { Platform = new Platform("linux", "arm64") }).Target;

        Assert.Equal(ScratchSource.Instance, stage.Base);
        Assert.Equal([BaseImages.PathVariable], stage.Config.Config.Env);
        Assert.Equal("/", stage.Config.Config.WorkingDir);
        Assert.Equal("linux/arm64", stage.Config.Platform.ToString());
        Assert.Empty(stage.Config.History);
    }

    [Fact]
    public void A_platform_that_nobody_asked_for_is_the_base_image_s_own()
    {
        ImageConfig Arm(ImageSource image) => BaseImages.Image(new ContainerConfig()) with { Architecture = "arm64" };

        Assert.Equal("linux/arm64", Plans.Of("FROM x", null, Arm).Target.Config.Platform.ToString());
        Assert.Equal("linux/s390x", Plans.Of("FROM --platform=linux/s390x x", null, Arm).Target.Config.Platform.ToString());
        Assert.Equal("linux/ppc64le", Plans.Of(
            "FROM x", Plans.Options with { Platform = new Platform("linux", "ppc64le") }, Arm).Target.Config.Platform.ToString());
    }

    [Fact]
    public void A_stage_keeps_the_platform_of_the_stage_it_starts_from()
    {
        BuildPlan plan = Plans.Of("FROM --platform=linux/arm64 conf-base:1 AS a\nFROM --platform=linux/s390x a");

        Assert.Equal("linux/arm64", plan.Target.Config.Platform.ToString());
    }

    [Fact]
    public void A_named_context_takes_the_place_of_a_stage_an_image_or_a_source()
    {
        PlanOptions options = Plans.Options with
        {
            NamedContexts = new NamedContexts([new("stage", "/dir"), new("conf-shell", "docker-image://conf-base:1")]),
        };

        BuildPlan plan = Plans.Of("FROM conf-base:1 AS stage\nRUN never\nFROM conf-shell\nCOPY --from=stage / /", options);

        Assert.Empty(plan.Stages[0].Steps);
        Assert.Equal(new NamedContextSource("stage", "/dir"), plan.Stages[0].Base);
        Assert.Equal("docker.io/library/conf-base:1", Assert.IsType<ImageSource>(plan.Target.Base).Reference.ToString());
    }

    [Theory]
    [InlineData("alpine")]
    [InlineData("alpine:latest")]
    [InlineData("docker.io/library/alpine")]
    public void A_named_context_is_found_by_every_spelling_of_an_image(string name) =>
        Assert.Equal("/dir", Assert.IsType<NamedContextSource>(
            new NamedContexts([new("docker.io/library/alpine:latest", "/dir")]).Find(name, Plans.Options.BuildPlatform)).Directory);

    [Theory]
    [InlineData("scratch")]
    [InlineData("context")]
    public void Reserved_names_cannot_be_redefined(string name) =>
        Assert.Null(new NamedContexts([new(name, "/dir")]).Find(name, Plans.Options.BuildPlatform));
}
