// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Caching;
using Kiln.Layers.Blobs;
using Kiln.Layers.Deltas;
using Kiln.Linux.Files;
using Kiln.Oci;
using Kiln.Planning;
using Kiln.Tests.Planning;
using Xunit;

namespace Kiln.Tests.Build.Caching;

/// <summary>What makes a step another one, and what does not.</summary>
public sealed class StepKeyTests
{
    [Theory]
    [InlineData("RUN x", "# why\n\nRUN x")]
    [InlineData("RUN x", "RUN   x")]
    [InlineData("RUN x", "run x")]
    [InlineData("LABEL a=1\nEXPOSE 80\nRUN x", "EXPOSE 80\nLABEL a=1\nRUN x")]
    [InlineData("RUN x", "LABEL a=1\nCMD [\"c\"]\nENTRYPOINT [\"e\"]\nVOLUME /v\nSTOPSIGNAL 9\nHEALTHCHECK CMD true\nRUN x")]
    [InlineData("RUN x", "RUN --network=host x")]
    [InlineData("RUN x", "RUN --mount=type=cache,target=/c true\nRUN x", 1)]
    [InlineData("RUN --mount=type=cache,target=/c x", "RUN --mount=type=cache,target=/c,sharing=locked x")]
    [InlineData("RUN --mount=type=secret,id=s x", "RUN --mount=type=secret,id=s,required=false x")]
    [InlineData("COPY a /b", "ADD --unpack=false a /b")]
    [InlineData("ARG P=/b\nCOPY a $P", "COPY a /b")]
    [InlineData("WORKDIR /w\nCOPY a b", "WORKDIR /w\nCOPY a /w/b")]
    [InlineData("RUN x", "SHELL [\"/bin/sh\", \"-c\"]\nRUN x")]
    public void Steps_that_are_the_same_have_the_same_key(string one, string other, int skipped = 0)
    {
        int steps = Keys.OfTarget($"FROM conf-base:1\n{other}").Count;
        if (skipped == 0)
            Assert.Equal(Keys.Last($"FROM conf-base:1\n{one}"), Keys.Last($"FROM conf-base:1\n{other}"));
        else
            Assert.NotEqual(Keys.Last($"FROM conf-base:1\n{one}"), Keys.OfTarget($"FROM conf-base:1\n{other}")[steps - 1]);
    }

    [Theory]
    [InlineData("RUN x", "RUN y")]
    [InlineData("RUN x", "RUN [\"x\"]")]
    [InlineData("RUN [\"x\", \"y\"]", "RUN [\"x y\"]")]
    [InlineData("RUN x", "ENV a=1\nRUN x")]
    [InlineData("ENV a=1\nRUN x", "ENV a=2\nRUN x")]
    [InlineData("ENV a=1\nRUN x", "ENV b=1\nRUN x")]
    [InlineData("ENV a=1 b=2\nRUN x", "ENV b=2 a=1\nRUN x")]
    [InlineData("ENV a=1\nRUN x", "ENV a=1\nENV b=\nRUN x")]
    [InlineData("RUN x", "ARG a=1\nRUN x")]
    [InlineData("RUN x", "USER 7\nRUN x")]
    [InlineData("RUN x", "SHELL [\"/bin/bash\", \"-c\"]\nRUN x")]
    [InlineData("RUN x", "RUN --network=none x")]
    [InlineData("RUN x", "RUN --mount=type=cache,target=/c x")]
    [InlineData("RUN --mount=type=cache,target=/c x", "RUN --mount=type=cache,target=/d x")]
    [InlineData("RUN --mount=type=cache,target=/c x", "RUN --mount=type=cache,id=i,target=/c x")]
    [InlineData("RUN --mount=type=cache,target=/c x", "RUN --mount=type=tmpfs,target=/c x")]
    [InlineData("RUN --mount=type=cache,target=/c x", "RUN --mount=type=cache,target=/c,uid=7 x")]
    [InlineData("RUN --mount=type=secret,id=s x", "RUN --mount=type=secret,id=t x")]
    [InlineData("RUN --mount=type=secret,id=s x", "RUN --mount=type=secret,id=s,env=S x")]
    [InlineData("RUN --mount=type=secret,id=s x", "RUN --mount=type=secret,id=s,mode=0444 x")]
    [InlineData("RUN --mount=target=/m x", "RUN --mount=target=/m,rw x")]
    [InlineData("RUN --mount=target=/m x", "RUN --mount=target=/m,source=d x")]
    [InlineData("RUN --mount=target=/m x", "RUN --mount=target=/m,from=other x")]
    [InlineData("RUN <<E\n#!/bin/sh\nx\nE", "RUN <<E\n#!/bin/sh\ny\nE")]
    [InlineData("COPY a /b", "COPY c /b")]
    [InlineData("COPY a /b", "COPY a /c")]
    [InlineData("COPY a /b", "COPY a /b/")]
    [InlineData("COPY a b /c/", "COPY b a /c/")]
    [InlineData("COPY a /b", "COPY --chown=7 a /b")]
    [InlineData("COPY a /b", "COPY --chmod=0600 a /b")]
    [InlineData("COPY a /b", "COPY --link a /b")]
    [InlineData("COPY a /b", "COPY --parents a /b")]
    [InlineData("COPY a /b", "COPY --exclude=*.o a /b")]
    [InlineData("COPY a /b", "COPY --from=other a /b")]
    [InlineData("COPY a /b", "ADD a /b")]
    [InlineData("COPY <<E /b\nx\nE", "COPY <<E /b\ny\nE")]
    [InlineData("COPY <<E /b/\nx\nE", "COPY <<F /b/\nx\nF")]
    [InlineData("WORKDIR /w", "WORKDIR /v")]
    [InlineData("WORKDIR /w", "USER 7\nWORKDIR /w")]
    [InlineData("RUN x", "RUN w\nRUN x")]
    public void Steps_that_differ_have_different_keys(string one, string other) => Assert.NotEqual(Keys.Last(Below(one)), Keys.Last(Below(other)));

    [Fact]
    public void Names_of_stages_and_their_places_do_not_count()
    {
        const string Steps = "RUN make\nFROM conf-base:1\nCOPY --from={0} /a /b\nRUN x";

        Assert.Equal(
            Keys.Last($"FROM conf-base:1 AS one\n{string.Format(null, Steps, "one")}"),
            Keys.Last($"FROM conf-base:1 AS unused\nRUN y\nFROM conf-base:1 AS two\n{string.Format(null, Steps, "two")}"));
    }

    [Fact]
    public void What_another_stage_does_counts_where_files_are_taken_from_it()
    {
        Assert.NotEqual(
            Keys.Last("FROM conf-base:1 AS a\nRUN x\nFROM conf-base:1\nCOPY --from=a /a /b"),
            Keys.Last("FROM conf-base:1 AS a\nRUN y\nFROM conf-base:1\nCOPY --from=a /a /b"));
        Assert.NotEqual(
            Keys.Last("FROM conf-base:1 AS a\nRUN x\nFROM conf-base:1\nRUN --mount=from=a,target=/m z"),
            Keys.Last("FROM conf-base:1 AS a\nRUN y\nFROM conf-base:1\nRUN --mount=from=a,target=/m z"));
    }

    [Fact]
    public void Arguments_that_no_step_sees_do_not_count()
    {
        const string Dockerfile = "FROM conf-base:1\nRUN x\nARG LATER=1";

        Assert.Equal(Keys.Last(Dockerfile), Keys.Last(Dockerfile, Plans.WithArgs("LATER=2", "NOBODYS=3", "HTTP_PROXY=http://p")));
        Assert.NotEqual(
            Keys.Last("FROM conf-base:1\nARG HTTP_PROXY\nRUN x", Plans.WithArgs("HTTP_PROXY=http://p")),
            Keys.Last("FROM conf-base:1\nARG HTTP_PROXY\nRUN x", Plans.WithArgs("HTTP_PROXY=http://q")));
    }

    [Fact]
    public void What_layers_are_made_for_counts()
    {
        const string Dockerfile = "FROM conf-base:1\nUSER 7\nRUN --network=none x";
        var epoch = new EpochRule(new UnixTime(5), All: false);
        StepInputs plain = Keys.Inputs;
        StepInputs[] inputs =
        [
            plain,
            plain with { Epoch = epoch },
            plain with { Epoch = epoch with { All = true } },
            plain with { Epoch = new EpochRule(new UnixTime(6), All: false) },
            plain with { Compression = CompressionOptions.Of(LayerCompression.Zstd) },
            plain with { Compression = CompressionOptions.Of(LayerCompression.Gzip, 9) },
            plain with { AllowsMetadata = true },
            plain with { Ignored = ["a"] },
            plain with { Ignored = ["a", "b"] },
            plain with { Rung = RungTraits.NoNewPrivileges },
            plain with { Rung = RungTraits.NoLoopback },
        ];

        Assert.Distinct(inputs.Select(input => Keys.Last(Dockerfile, null, input)));
        Assert.NotEqual(Keys.Last(Dockerfile), Keys.Last(Dockerfile, Plans.Options with { Platform = new Platform("linux", "arm64") }));
    }

    [Fact]
    public void What_a_rung_cannot_do_counts_for_those_alone_who_would_see_it() => Assert.Equal(
        Keys.Last("FROM conf-base:1\nRUN x"),
        Keys.Last("FROM conf-base:1\nRUN x", null, Keys.Inputs with { Rung = RungTraits.NoNewPrivileges | RungTraits.NoLoopback }));

    [Theory]
    [InlineData("USER 7\nRUN x", true)]
    [InlineData("USER 7\nCOPY a /b", true)]
    [InlineData("USER app:staff\nRUN x", true)]
    [InlineData("USER app\nRUN x", false)]
    [InlineData("RUN x", false)]
    [InlineData("USER 7\nCOPY --chown=7 a /b", false)]
    [InlineData("COPY a /b", false)]
    [InlineData("USER 7\nWORKDIR /w", false)]
    public void Whose_images_come_out_counts_where_it_changes_a_layer(string instructions, bool counts)
    {
        PlanOptions kaniko = Plans.Options with { Compatibility = Compatibility.Kaniko };

        Assert.Equal(counts, Keys.Last($"FROM conf-base:1\n{instructions}") != Keys.Last($"FROM conf-base:1\n{instructions}", kaniko));
    }

    [Fact]
    public void Of_secrets_the_ids_count_and_values_where_that_is_asked_for()
    {
        const string Dockerfile = "FROM conf-base:1\nRUN --mount=type=secret,id=s x";
        StepInputs Given(Digest? value) => Keys.Inputs with { Secrets = Keys.Inputs.Secrets.Add("s", value).Add("other", value) };

        Assert.NotEqual(Keys.Last(Dockerfile), Keys.Last(Dockerfile, null, Given(null)));
        Assert.NotEqual(Keys.Last(Dockerfile, null, Given(null)), Keys.Last(Dockerfile, null, Given(Digest.Sha256([1]))));
        Assert.NotEqual(Keys.Last(Dockerfile, null, Given(Digest.Sha256([2]))), Keys.Last(Dockerfile, null, Given(Digest.Sha256([1]))));
        Assert.Equal(Keys.Last("FROM conf-base:1\nRUN x"), Keys.Last("FROM conf-base:1\nRUN x", null, Given(Digest.Sha256([1]))));
    }

    [Fact]
    public void No_two_parts_of_a_key_have_the_same_name()
    {
        PlanKeys keys = Keys.Of(Below("ENV a=1 instruction=2\nCOPY --exclude=x --exclude=y a b /c/\nRUN --mount=target=/m --mount=type=cache,target=/n x"));

        Assert.All(keys.All, key => Assert.Distinct(key.DefinitionParts.Select(part => part.Name)));
    }

    private static string Below(string instructions) => $"FROM conf-base:1 AS other\nRUN other\nFROM conf-base:1\n{instructions}";
}
