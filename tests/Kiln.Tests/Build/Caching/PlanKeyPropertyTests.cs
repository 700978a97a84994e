// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Kiln.Tests.Planning;
using Xunit;

namespace Kiln.Tests.Build.Caching;

/// <summary>What can be done to any Dockerfile without any of its steps becoming another one.</summary>
public sealed class PlanKeyPropertyTests
{
    private static readonly string[] Configuration = ["LABEL a=1", "EXPOSE 80", "VOLUME /v", "STOPSIGNAL 9", "CMD [\"c\"]", "HEALTHCHECK NONE", "# a comment", ""];

    private static readonly Gen<string> Step =
        from word in Gen.Elements("a", "b", "c")
        from step in Gen.Elements("RUN {0}", "COPY {0} /d/", "WORKDIR /{0}", "ENV {0}=1", "ARG {0}=2", "USER {0}", "COPY --from=first /{0} /e", "RUN --mount=type=cache,target=/{0} x")
        select string.Format(null, step, word);

    private static readonly Gen<(string[] First, string[] Second)> Stages =
        from first in Step.ListOf()
        from second in Step.ListOf()
        select (first.Where(step => !step.Contains("--from", StringComparison.Ordinal)).Take(6).ToArray(), second.Take(6).ToArray());

    [Fact]
    public void Comments_and_what_configures_the_image_change_no_key() => Check(
        from stages in Stages
        from noise in Gen.Elements(Configuration).ListOf()
        from shift in Gen.Choose(0, 7)
        select (Dockerfile(stages, "first"), Dockerfile((stages.First, [.. stages.Second.SelectMany((step, i) => noise.Skip((i + shift) % 3).Append(step))]), "first")));

    [Fact]
    public void The_name_of_a_stage_changes_no_key() => Check(
        from stages in Stages
        select (Dockerfile(stages, "first"), Dockerfile(stages, "other")));

    [Fact]
    public void A_stage_that_nobody_needs_changes_no_key() => Check(
        from stages in Stages
        from step in Step
        select (Dockerfile(stages, "first"), $"FROM conf-base:1 AS nobody\n{step.Replace("--from=first", "", StringComparison.Ordinal)}\n{Dockerfile(stages, "first")}"));

    [Fact]
    public void A_build_argument_that_nobody_declares_changes_no_key() => FsCheck.Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(Arb.From(Stages), stages =>
            Keys.OfTarget(Dockerfile(stages, "first")).SequenceEqual(Keys.OfTarget(Dockerfile(stages, "first"), Plans.WithArgs("nobodys=1", "HTTP_PROXY=http://p")))));

    [Fact]
    public void One_more_variable_changes_every_RUN_below_it() => FsCheck.Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(Arb.From(Stages), stages =>
        {
            string[] steps = [.. stages.Second, "RUN last"];
            return Keys.Last(Dockerfile((stages.First, steps), "first")) != Keys.Last(Dockerfile((stages.First, ["ENV more=1", .. steps]), "first"));
        }));

    private static void Check(Gen<(string One, string Other)> pairs) => FsCheck.Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(Arb.From(pairs), pair => Keys.OfTarget(pair.One).SequenceEqual(Keys.OfTarget(pair.Other))));

    private static string Dockerfile((string[] First, string[] Second) stages, string name) => string.Join(
        '\n',
        [$"FROM conf-base:1 AS {name}", .. stages.First, "FROM conf-base:1", .. stages.Second.Select(step => step.Replace("--from=first", $"--from={name}", StringComparison.Ordinal))]);
}
