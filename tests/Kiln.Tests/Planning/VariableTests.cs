// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;
using Kiln.Planning;
using Kiln.Planning.Steps;
using Xunit;

namespace Kiln.Tests.Planning;

/// <summary>`ARG` and `ENV`: who wins, where, and what `RUN` and the history get to see.</summary>
public sealed class VariableTests
{
    [Fact]
    public void An_ARG_before_FROM_is_unknown_in_a_stage_until_it_is_declared_there() =>
        Assert.Equal(
            ["LABEL a= b=", "ARG v=global", "LABEL c=global"],
            Plans.Of("ARG v=global\nFROM conf-base:1\nLABEL a=$v b=${v}\nARG v\nLABEL c=$v").Target.Steps.Select(s => s.CreatedBy));

    [Theory]
    [InlineData("ARG v", "ARG v=given")]
    [InlineData("ARG v=default", "ARG v=given")]
    [InlineData("ARG v=${broken", "ARG v=given")]
    public void A_build_argument_beats_the_default_which_is_then_not_looked_at(string arg, string history) =>
        Assert.Equal([history], Plans.HistoryOf(arg, Plans.WithArgs("v=given")));

    [Fact]
    public void A_build_argument_is_not_expanded() =>
        Assert.Equal(["ARG v=$PATH", "LABEL l=$PATH"], Plans.HistoryOf("ARG v\nLABEL l=$v", Plans.WithArgs("v=$PATH")));

    [Fact]
    public void The_last_of_several_build_arguments_counts() =>
        Assert.Equal(["ARG v=2"], Plans.HistoryOf("ARG v", Plans.WithArgs("v=1", "v=2")));

    [Fact]
    public void A_build_argument_that_nobody_declares_is_nowhere() =>
        Assert.Equal([BaseImages.PathVariable], Plans.Only<RunStep>("RUN x", Plans.WithArgs("v=1")).Environment);

    [Fact]
    public void An_ARG_hides_an_earlier_ENV_in_its_stage_and_the_configuration_keeps_the_ENV()
    {
        StagePlan stage = Plans.Below("ENV v=env\nARG v=arg\nRUN x");

        Assert.Contains("v=arg", Assert.IsType<RunStep>(stage.Steps[^1]).Environment);
        Assert.Equal([BaseImages.PathVariable, "v=env"], stage.Config.Config.Env);
    }

    [Fact]
    public void In_a_stage_on_top_the_ENV_counts_again()
    {
        BuildPlan plan = Plans.Of("FROM conf-base:1 AS a\nENV v=env\nARG v=arg\nFROM a\nLABEL l=$v\nRUN x");

        Assert.Equal("LABEL l=env", plan.Target.Steps[0].CreatedBy);
        Assert.Equal("RUN |1 v=env /bin/sh -c x # buildkit", plan.Target.Steps[1].CreatedBy);
    }

    [Fact]
    public void A_later_ENV_beats_an_ARG() =>
        Assert.Equal("RUN |1 v=env /bin/sh -c x # buildkit", Plans.HistoryOf("ARG v=arg\nENV v=env\nRUN x")[^1]);

    [Fact]
    public void The_history_of_RUN_lists_arguments_once_where_they_first_stood_and_unset_ones_too() =>
        Assert.Equal(
            "RUN |3 a=3 b= c=2 /bin/sh -c x # buildkit",
            Plans.HistoryOf("ARG a=1\nARG b\nARG c=2\nARG a=3\nRUN x")[^1]);

    [Fact]
    public void An_ARG_without_value_leaves_an_inherited_one_alone() =>
        Assert.Equal("LABEL l=1", Plans.HistoryOf("ARG v=1\nARG v\nLABEL l=$v")[^1]);

    [Fact]
    public void An_ARG_counts_from_its_own_line() =>
        Assert.Equal("LABEL l=", Plans.HistoryOf("LABEL l=$v\nARG v=1")[0]);

    [Fact]
    public void The_pairs_of_one_ENV_do_not_see_each_other()
    {
        StagePlan stage = Plans.Below("ENV a=1\nENV a=2 b=$a");

        Assert.Equal([BaseImages.PathVariable, "a=2", "b=1"], stage.Config.Config.Env);
        Assert.Equal("ENV a=2 b=1", stage.Steps[^1].CreatedBy);
    }

    [Fact]
    public void A_variable_that_is_set_again_keeps_its_place_in_the_configuration() =>
        Assert.Equal([BaseImages.PathVariable, "a=3", "b=2"], Plans.Below("ENV a=1\nENV b=2\nENV a=3").Config.Config.Env);

    [Fact]
    public void A_base_without_PATH_gets_one() =>
        Assert.Equal(["A=1", BaseImages.PathVariable], Plans.Of(
            "FROM x", null, _ => BaseImages.Image(new ContainerConfig { Env = ["A=1"] })).Target.Config.Config.Env);

    [Fact]
    public void RUN_gets_variables_in_the_order_of_their_last_assignment() =>
        Assert.Equal(
            [BaseImages.PathVariable, "b=2", "a=3"],
            Plans.Only<RunStep>("ENV a=1\nARG b=2\nENV a=3\nRUN x").Environment);

    [Fact]
    public void Proxies_need_no_ARG_stand_behind_all_else_in_both_spellings_and_in_no_history()
    {
        RunStep run = Plans.Only<RunStep>("ENV http_proxy=mine\nRUN x", Plans.WithArgs("HTTP_PROXY=http://p", "no_proxy=", "Https_Proxy=s"));

        Assert.Equal(
            [BaseImages.PathVariable, "http_proxy=mine", "HTTPS_PROXY=s", "HTTP_PROXY=http://p", "http_proxy=http://p", "https_proxy=s"],
            run.Environment.Concat(run.Proxies));
        Assert.Equal("RUN /bin/sh -c x # buildkit", run.CreatedBy);
    }

    [Fact]
    public void Of_a_proxy_in_several_spellings_the_last_in_bytewise_order_counts() =>
        Assert.Equal(
            ["ALL_PROXY=2", "all_proxy=2"],
            Plans.Only<RunStep>("RUN x", Plans.WithArgs("all_proxy=2", "ALL_PROXY=1")).Proxies);

    [Theory]
    [InlineData("TARGETPLATFORM", "linux/arm/v7")]
    [InlineData("TARGETOS", "linux")]
    [InlineData("TARGETARCH", "arm")]
    [InlineData("TARGETVARIANT", "v7")]
    [InlineData("BUILDPLATFORM", "linux/amd64")]
    [InlineData("BUILDARCH", "amd64")]
    [InlineData("BUILDVARIANT", "")]
    [InlineData("TARGETSTAGE", "last")]
    public void The_platforms_are_known_to_who_declares_them(string name, string value)
    {
        PlanOptions options = Plans.Options with { Platform = new Platform("linux", "arm") { Variant = "v7" } };

        Assert.Equal($"ARG {name}={value}", Plans.Of($"FROM conf-base:1 AS last\nARG {name}", options).Target.Steps[0].CreatedBy);
        Assert.Equal($"ARG {name}=mine", Plans.Of(
            $"FROM conf-base:1\nARG {name}", options with { BuildArgs = [new(name, "mine")] }).Target.Steps[0].CreatedBy);
    }

    [Fact]
    public void Arguments_for_a_scanner_are_in_the_history_and_no_variables()
    {
        string[] history = [.. Plans.HistoryOf("ARG BUILDKIT_SBOM_SCAN_STAGE=true\nLABEL a=x$BUILDKIT_SBOM_SCAN_STAGE")];

        Assert.Equal(["ARG BUILDKIT_SBOM_SCAN_STAGE=true", "LABEL a=x"], history);
    }

    [Fact]
    public void ARG_before_FROM_sees_the_ones_above_it() =>
        Assert.Equal("docker.io/library/conf-base:1", Assert.IsType<Kiln.Planning.Sources.ImageSource>(Plans.Of(
            "ARG tag=1\nARG name=conf-base:$tag\nFROM $name").Target.Base).Reference.ToString());

    [Theory]
    [InlineData("ARG SOURCE_DATE_EPOCH=7\nFROM scratch", null, 7L)]
    [InlineData("ARG SOURCE_DATE_EPOCH=7\nFROM scratch", "9", 9L)]
    [InlineData("FROM scratch", "9", 9L)]
    [InlineData("ARG SOURCE_DATE_EPOCH=7\nFROM scratch", "", null)]
    [InlineData("FROM scratch", null, null)]
    public void SOURCE_DATE_EPOCH_is_an_argument_or_the_default_of_one_before_FROM(string file, string? given, long? epoch) =>
        Assert.Equal(epoch, Plans.Of(file, given is null ? null : Plans.WithArgs($"SOURCE_DATE_EPOCH={given}")).SourceDateEpoch);

    [Fact]
    public void A_SOURCE_DATE_EPOCH_that_is_no_number_is_refused() =>
        Assert.Equal("invalid SOURCE_DATE_EPOCH: yesterday", Plans.Error("FROM scratch", Plans.WithArgs("SOURCE_DATE_EPOCH=yesterday")).Message);
}
