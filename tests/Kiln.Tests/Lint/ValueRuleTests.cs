// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Planning;
using Kiln.Tests.Planning;
using Xunit;
using static Kiln.Tests.Lint.Lints;

namespace Kiln.Tests.Lint;

/// <summary>The rules that look at planned stages, where values are known.</summary>
public sealed class ValueRuleTests
{
    private const string JsonForCmd = "JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals (line 2)";

    [Theory]
    [InlineData("FROM scratch\nCMD mycommand", JsonForCmd)]
    [InlineData("FROM scratch\nCMD", JsonForCmd)]
    [InlineData("FROM scratch\nCMD ['a']", JsonForCmd)]
    [InlineData("FROM scratch\nENTRYPOINT a",
        "JSONArgsRecommended: JSON arguments recommended for ENTRYPOINT to prevent unintended behavior related to OS signals (line 2)")]
    [InlineData("FROM scratch\nCMD [\"a\"]\nRUN b\nHEALTHCHECK CMD c", "")]
    [InlineData("FROM scratch\nSHELL [\"/bin/custom\"]\nCMD mycommand", "")]
    [InlineData("FROM scratch AS base\nSHELL [\"/bin/custom\"]\nFROM base\nENTRYPOINT mycommand", "")]
    [InlineData("FROM conf-shell\nCMD mycommand", "")]
    public void What_a_container_runs_is_JSON_unless_somebody_set_a_shell(string dockerfile, string expected) => Check(dockerfile, expected);

    [Theory]
    [InlineData("ARG base=scratch\nFROM $base", "")]
    [InlineData("FROM --platform=$BUILDPLATFORM scratch", "")]
    [InlineData("ARG DEBUG\nFROM scratch${DEBUG}", "")]
    [InlineData("ARG DEBUG\nFROM scra${DEBUG:-tch}", "")]
    [InlineData("ARG tag=1\nFROM conf-base:${tag}${version} AS b", "UndefinedArgInFrom: FROM argument 'version' is not declared (line 2)")]
    [InlineData("ARG VERSION=1\nFROM conf-base:${VERSIN:-1}", "UndefinedArgInFrom: FROM argument 'VERSIN' is not declared (did you mean VERSION?) (line 2)")]
    [InlineData("ARG VERSION=1\nFROM conf-base:1${version}", "UndefinedArgInFrom: FROM argument 'version' is not declared (line 2)")]
    public void A_variable_in_FROM_was_declared(string dockerfile, string expected) => Check(dockerfile, expected);

    [Fact]
    public void What_was_found_before_an_error_says_why()
    {
        var document = Dockerfile.Source.Parse("FROM --platform=$BULIDPLATFORM scratch");
        var log = Kiln.Planning.Lint.PlanLint.Begin(document, AllStages);

        Assert.Throws<BuildException>(() => new BuildPlanner(document, AllStages, log));

        Assert.Equal("FROM argument 'BULIDPLATFORM' is not declared (did you mean BUILDPLATFORM?)", Assert.Single(log.Findings).Message);
    }

    [Theory]
    [InlineData("FROM scratch\nWORKDIR app/",
        "WorkdirRelativePath: Relative workdir \"app/\" can have unexpected results if the base image changes (line 2)")]
    [InlineData("FROM scratch\nWORKDIR a\nWORKDIR b",
        "WorkdirRelativePath: Relative workdir \"a\" can have unexpected results if the base image changes (line 2)")]
    [InlineData("FROM conf-rich\nWORKDIR sub",
        "WorkdirRelativePath: Relative workdir \"sub\" can have unexpected results if the base image changes (line 2)")]
    [InlineData("FROM scratch AS a\nWORKDIR /app\nFROM a\nWORKDIR sub", "")]
    [InlineData("FROM scratch\nENV A=/app\nWORKDIR $A/b", "")]
    [InlineData("FROM scratch\nWORKDIR /a\nWORKDIR b", "")]
    public void The_first_WORKDIR_is_absolute(string dockerfile, string expected) => Check(dockerfile, expected);

    [Theory]
    [InlineData("FROM scratch\nARG foo\nCOPY Dockerfile${foo} .", "")]
    [InlineData("FROM scratch AS base\nARG foo=a\nFROM base\nCOPY $foo .", "")]
    [InlineData("FROM conf-base\nRUN echo $whatever", "")]
    [InlineData("FROM conf-rich\nCOPY $INHERITED$EMPTY .", "")]
    [InlineData("FROM scratch\nENV PATH=$PATH:/opt", "")]
    [InlineData("FROM scratch\nCOPY $foo .\nARG foo=bar", "UndefinedVar: Usage of undefined variable '$foo' (line 2)")]
    [InlineData("ARG foo=bar\nFROM scratch\nCOPY $foo .", "UndefinedVar: Usage of undefined variable '$foo' (line 3)")]
    [InlineData("FROM scratch\nARG DIR_ASSETS=a/\nCOPY $DIR_ASSET .",
        "UndefinedVar: Usage of undefined variable '$DIR_ASSET' (did you mean $DIR_ASSETS?) (line 3)")]
    [InlineData("FROM scratch\nENV PATH=$PAHT:/tmp/bin", "UndefinedVar: Usage of undefined variable '$PAHT' (did you mean $PATH?) (line 2)")]
    [InlineData("FROM scratch\nENV A=1 B=$A", "UndefinedVar: Usage of undefined variable '$A' (line 2)")]
    [InlineData("FROM scratch\nENV A=$x B=$x", "UndefinedVar: Usage of undefined variable '$x' (line 2)")]
    [InlineData("FROM scratch\nARG a=$b", "UndefinedVar: Usage of undefined variable '$b' (line 2)")]
    [InlineData("FROM scratch\nCOPY <<E /x\n$z\nE", "UndefinedVar: Usage of undefined variable '$z' (line 2)")]
    [InlineData("FROM scratch\nCOPY <<'E' /x\n$z\nE", "")]
    [InlineData("FROM scratch\nRUN --mount=type=cache,target=/a$c true", "UndefinedVar: Usage of undefined variable '$c' (line 2)")]
    [InlineData("FROM scratch\nLABEL a=$BUILDKIT_SBOM_SCAN_STAGE", "")]
    public void A_variable_is_defined_before_its_use(string dockerfile, string expected) => Check(dockerfile, expected);

    [Fact]
    public void A_variable_that_an_unseen_base_image_may_define_is_an_uncertain_finding()
    {
        var findings = FindWithoutImages("FROM somewhere AS a\nCOPY $foo /\nFROM a\nCOPY $foo /\nFROM scratch\nCOPY $foo /");

        Assert.Equal([true, true, false], findings.Select(finding => finding.IsUncertain));
    }

    [Fact]
    public void Without_base_images_everything_else_is_found()
    {
        var findings = FindWithoutImages("FROM somewhere:1\nWORKDIR a\nENV a b\nARG TOKEN\nEXPOSE 80/TCP\nCMD a\nCMD [\"b\"]");

        Assert.Equal(
            ["WorkdirRelativePath", "LegacyKeyValueFormat", "SecretsUsedInArgOrEnv", "ExposeProtoCasing", "JSONArgsRecommended", "MultipleInstructionsDisallowed"],
            findings.Select(finding => finding.Rule.Name));
        Assert.DoesNotContain(findings, finding => finding.IsUncertain);
    }

    [Theory]
    [InlineData("ENTRYPOINT [\"a\"]\nENTRYPOINT [\"b\"]", "ENTRYPOINT", 2)]
    [InlineData("CMD [\"a\"]\nRUN x\nCMD [\"b\"]", "CMD", 2)]
    [InlineData("HEALTHCHECK CMD a\nHEALTHCHECK NONE", "HEALTHCHECK", 2)]
    [InlineData("RUN x\nCMD [\"a\"]\nCMD [\"b\"]", "CMD", 3)]
    public void Of_instructions_that_count_once_the_one_without_effect_is_found(string instructions, string word, int line) =>
        Check(
            $"FROM scratch\n{instructions}",
            $"MultipleInstructionsDisallowed: Multiple {word} instructions should not be used in the same stage because only the last one will be used (line {line})");

    [Fact]
    public void Another_stage_may_have_another_CMD() => Check("FROM scratch AS a\nCMD [\"a\"]\nFROM a\nCMD [\"b\"]\nENTRYPOINT [\"c\"]", "");

    [Theory]
    [InlineData("ENV testkey=value", "")]
    [InlineData("ENV testkey value", "LegacyKeyValueFormat: \"ENV key=value\" should be used instead of legacy \"ENV key value\" format (line 2)")]
    [InlineData("LABEL key value", "LegacyKeyValueFormat: \"LABEL key=value\" should be used instead of legacy \"LABEL key value\" format (line 2)")]
    [InlineData("ENV a = b", "LegacyKeyValueFormat: \"ENV key=value\" should be used instead of legacy \"ENV key value\" format (line 2)")]
    public void Pairs_have_an_equals_sign(string instruction, string expected) => Check($"FROM scratch\n{instruction}", expected);

    [Theory]
    [InlineData("FROM conf-base", "arm64", "Base image conf-base was pulled with platform \"linux/arm64\", expected \"linux/amd64\" for current build")]
    [InlineData("ARG B=conf-base\nFROM ${B}:2", "arm64", "Base image conf-base:2 was pulled with platform \"linux/arm64\", expected \"linux/amd64\" for current build")]
    [InlineData("FROM conf-base", "amd64", null)]
    public void A_base_image_is_for_the_platform_that_is_built_for(string dockerfile, string architecture, string? expected)
    {
        var findings = Find(dockerfile, null, _ => BaseImages.Image(new ContainerConfig()) with { Architecture = architecture });

        Assert.Equal(expected, findings.SingleOrDefault()?.Message);
    }

    [Theory]
    [InlineData("--platform=$TARGETPLATFORM", "$TARGETPLATFORM")]
    [InlineData("--platform=${TARGETPLATFORM}", "${TARGETPLATFORM}")]
    public void The_target_platform_is_not_asked_for(string flag, string spelling) =>
        Check($"FROM {flag} scratch", $"RedundantTargetPlatform: Setting platform to predefined {spelling} in FROM is redundant as this is the default behavior (line 1)");

    [Theory]
    [InlineData("FROM --platform=$BUILDPLATFORM scratch", "")]
    [InlineData("FROM --platform=$TARGETOS/arm64 scratch", "")]
    [InlineData("ARG P=linux/arm64\nFROM --platform=$P scratch", "")]
    [InlineData("FROM --platform=linux/amd64 scratch AS my_amd64_stage", "")]
    [InlineData("FROM --platform=linux/amd64 scratch AS linux", "")]
    [InlineData("FROM --platform=linux/amd64 scratch", "FromPlatformFlagConstDisallowed: FROM --platform flag should not use constant value \"linux/amd64\" (line 1)")]
    [InlineData("FROM --platform=arm64 scratch AS base", "FromPlatformFlagConstDisallowed: FROM --platform flag should not use constant value \"arm64\" (line 1)")]
    public void A_platform_is_a_variable_unless_the_stage_s_name_says_so(string dockerfile, string expected) => Check(dockerfile, expected);

    [Theory]
    [InlineData("ARG SECRET_PASSPHRASE", "ARG \"SECRET_PASSPHRASE\"")]
    [InlineData("ENV SUPER_Secret=foo", "ENV \"SUPER_Secret\"")]
    [InlineData("ARG super_duper_secret_token=foo auth=bar", "ARG \"super_duper_secret_token\"|ARG \"auth\"")]
    [InlineData("ENV apikey=bar sunflower=foo", "ENV \"apikey\"")]
    [InlineData("ENV git_key=", "ENV \"git_key\"")]
    [InlineData("ENV PUBLIC_KEY= TOKEN_FILE=/x KEY_VERSION=1 tokens=2 monkey=3", "")]
    public void What_is_called_a_secret_is_no_variable(string instruction, string expected) => Check(
        $"FROM scratch\n{instruction}",
        string.Join('\n', expected.Split('|', StringSplitOptions.RemoveEmptyEntries)
            .Select(name => $"SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data ({name}) (line 2)")));

    [Theory]
    [InlineData("ARG VERSION\nFROM conf-base:$VERSION", "VERSION", "1", "conf-base:$VERSION")]
    [InlineData("ARG IMAGE\nFROM $IMAGE", "IMAGE", "conf-base:1", "$IMAGE")]
    [InlineData("ARG SFX=\"base:\"\nFROM conf-${SFX}", "SFX", "base:1", "conf-${SFX}")]
    public void Defaults_alone_make_a_base_s_name(string dockerfile, string name, string value, string found) =>
        Check(dockerfile, $"InvalidDefaultArgInFrom: Default value for ARG {found} results in empty or invalid base image name (line 2)", WithBuildArg(name, value));

    [Theory]
    [InlineData("ARG VERSION=1\nFROM conf-base:${VERSION}", "VERSION", "2")]
    [InlineData("ARG V\nFROM conf-base:1${V}", "V", "-musl")]
    [InlineData("ARG V=${bad^}\nFROM conf-base:$V", "V", "1")]
    public void Defaults_that_make_a_name_or_that_cannot_be_read_are_fine(string dockerfile, string name, string value) =>
        Check(dockerfile, "", WithBuildArg(name, value));

    [Theory]
    [InlineData("COPY a/secret /", "a", "Copy file \"a/secret\"")]
    [InlineData("COPY ./x//y /", "x/y", "Copy file \"x/y\"")]
    [InlineData("COPY /abs /", "abs", "Copy file \"/abs\"")]
    [InlineData("ADD x.tar /", "*.tar", "Add file \"x.tar\"")]
    [InlineData("ENV N=x.tar\nADD $N /", "*.tar", "Add file \"x.tar\"")]
    [InlineData("COPY . /", "**", "Copy file \".\"")]
    [InlineData("COPY / /", "*", "Copy file \"/\"")]
    [InlineData("COPY . /", "Dockerfile", null)]
    [InlineData("COPY a /", "b", null)]
    [InlineData("COPY a /", "*\n!b", null)]
    [InlineData("COPY --from=0 a /b", "a", null)]
    [InlineData("COPY <<a /b\nx\na", "a", null)]
    public void No_source_is_what_the_ignore_file_leaves_out(string instructions, string ignoreFile, string? found)
    {
        PlanOptions options = AllStages with { IgnoreFile = new SourceText(".dockerignore", ignoreFile) };

        var findings = Find($"FROM scratch\nFROM scratch\n{instructions}", options);

        Assert.Equal(found is null ? null : $"Attempting to {found} that is excluded by .dockerignore", findings.SingleOrDefault()?.Message);
    }

    [Theory]
    [InlineData("EXPOSE 80/tcp 53/udp 90", "")]
    [InlineData("EXPOSE 80/TcP", "ExposeProtoCasing: Defined protocol '80/TcP' in EXPOSE instruction should be lowercase (line 2)")]
    [InlineData("EXPOSE 80:80", "ExposeInvalidFormat: EXPOSE instruction should not define an IP address or host-port mapping, found '80:80' (line 2)")]
    [InlineData("EXPOSE [::1]:80:81/tcp",
        "ExposeInvalidFormat: EXPOSE instruction should not define an IP address or host-port mapping, found '[::1]:80:81/tcp' (line 2)")]
    [InlineData("EXPOSE :80", "")]
    public void A_port_is_the_container_s_alone(string instruction, string expected) => Check($"FROM scratch\n{instruction}", expected);

    [Fact]
    public void A_trigger_of_the_base_image_is_found_at_its_FROM()
    {
        ImageConfig Base(object _) => BaseImages.Image(new ContainerConfig { OnBuild = ["WORKDIR here", "ENV TOKEN a"] });

        var findings = Find("FROM scratch\nFROM x", null, Base);

        Assert.Equal(["WorkdirRelativePath", "LegacyKeyValueFormat", "SecretsUsedInArgOrEnv"], findings.Select(finding => finding.Rule.Name));
        Assert.All(findings, finding => Assert.Equal((2, "FROM x"), (finding.Span.Line, finding.Span.Text)));
    }
}
