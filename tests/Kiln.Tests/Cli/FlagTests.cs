// SPDX-License-Identifier: Apache-2.0
using Kiln.Cli.Commands;
using Kiln.Cli.Flags;
using Kiln.Diagnostics;
using Xunit;
using static Kiln.Tests.Cli.CommandLines;

namespace Kiln.Tests.Cli;

public sealed class FlagTests
{
    [Theory]
    [InlineData("--compression=zstd")]
    [InlineData("--compression", "zstd")]
    [InlineData("--compression=none", "--compression", "zstd")]
    public void The_last_of_a_single_value_counts(params string[] words) => Assert.Equal("zstd", Read(words).Compression);

    [Theory]
    [InlineData("--destination=a", "--destination", "b")]
    [InlineData("-d", "a", "-d", "b")]
    [InlineData("-d=a", "-db")]
    public void Repeated_values_keep_their_order(params string[] words) => Assert.Equal(["a", "b"], Read(words).Destinations);

    [Theory]
    [InlineData("--label=a=b=c", "a=b=c")]
    [InlineData("--label=", "")]
    [InlineData("--label=@file", "@file")]
    [InlineData("--label=a,b", "a,b")]
    [InlineData("--label=a b", "a b")]
    [InlineData("--label=-x", "-x")]
    public void A_value_is_taken_as_it_is(string word, string value) => Assert.Equal([value], Read(word).Labels);

    [Fact]
    public void A_separate_value_that_starts_like_a_response_file_is_a_value() => Assert.Equal(["@file"], Read("--label", "@file").Labels);

    [Theory]
    [InlineData(true, "--no-push")]
    [InlineData(true, "--no-push=true")]
    [InlineData(true, "--no-push=1")]
    [InlineData(true, "--no-push=T")]
    [InlineData(false, "--no-push=false")]
    [InlineData(false, "--no-push=0")]
    [InlineData(false, "--no-push", "--no-push=false")]
    [InlineData(true, "--no-push=false", "--no-push")]
    [InlineData(false)]
    public void A_switch_has_the_words_of_Go(bool expected, params string[] words) => Assert.Equal(expected, Read(words).NoPush);

    [Theory]
    [InlineData("true", "--reproducible")]
    [InlineData("check", "--reproducible=check")]
    [InlineData("check", "--reproducible", "--reproducible=check")]
    [InlineData("false")]
    public void A_choice_is_yes_where_nothing_is_said(string expected, params string[] words) => Assert.Equal(expected, Read(words).Reproducible);

    [Theory]
    [InlineData("--tarPath=x")]
    [InlineData("--tarPath", "x")]
    [InlineData("", "--tar-path", "x", "")]
    public void Old_names_and_empty_words_are_understood(params string[] words) => Assert.Equal("x", Read(words).TarPath);

    [Theory]
    [InlineData("--digest-file", "")]
    [InlineData("--digest-file=")]
    public void An_empty_value_is_a_value(params string[] words) => Assert.Equal("", Read(["--digest-file=before", .. words]).DigestFile);

    [Fact]
    public void An_empty_word_after_a_switch_is_none() => Assert.True(Read("--no-push", "").NoPush);

    [Fact]
    public void An_old_name_is_told_to_be_one()
    {
        var told = new List<string>();

        FlagOptions.SpellOut(["--snapshotMode=redo", "--snapshot-mode=redo"], told.Add);

        Assert.Equal(["`--snapshotMode` is an old name of `--snapshot-mode`"], told);
    }

    [Fact]
    public void A_switch_has_no_other_words() =>
        Assert.Equal("`--no-push` is set to `perhaps`, which is neither true nor false", Refusal("--no-push=perhaps").Message);

    [Fact]
    public void A_switch_does_not_take_the_next_word() =>
        Assert.Equal("`false` is neither a command nor the value of a flag", Refusal("--no-push", "false").Message);

    [Fact]
    public void Every_flag_is_parsed_by_its_row()
    {
        foreach (Flag flag in BuildFlags.All)
            Assert.NotNull(flag is SwitchFlag or ChoiceFlag ? Read($"--{flag.Name}") : Read($"--{flag.Name}", "value"));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("0", false)]
    public void A_variable_stands_in_for_a_switch(string value, bool expected) =>
        Assert.Equal(expected, Read(new Dictionary<string, string> { ["KANIKO_NO_PUSH"] = value }).NoPush);

    [Fact]
    public void A_flag_goes_before_its_variable()
    {
        var environment = new Dictionary<string, string> { ["KANIKO_NO_PUSH"] = "true", ["KILN_ROOT"] = "/variable" };

        BuildArguments read = Read(environment, "--no-push=false", "--root-dir", "/flag");

        Assert.Equal((false, "/flag"), (read.NoPush, read.RootDirectory));
    }

    [Fact]
    public void A_variable_of_a_switch_that_is_no_word_for_yes_or_no_is_named()
    {
        var environment = new Dictionary<string, string> { ["KANIKO_NO_PUSH"] = "maybe" };

        Assert.Equal(
            "the environment variable `KANIKO_NO_PUSH` is set to `maybe`, which is neither true nor false",
            Assert.Throws<BuildException>(() => Read(environment)).Diagnostic.Message);
    }

    [Fact]
    public void Without_flags_there_are_kaniko_s_defaults()
    {
        BuildArguments read = Read();

        Assert.Equal(("/workspace/", "Dockerfile", "info", "auto"), (read.Context, read.Dockerfile, read.Verbosity, read.Isolation));
    }

    [Theory]
    [InlineData("--taget", "there is no flag `--taget`", "did you mean `--target`?")]
    [InlineData("--taget=a", "there is no flag `--taget`", "did you mean `--target`?")]
    [InlineData("--zzzzzzzz", "there is no flag `--zzzzzzzz`", null)]
    [InlineData("word", "`word` is neither a command nor the value of a flag", null)]
    [InlineData("--target", "`--target` needs a value", "write `--target STAGE`")]
    public void What_is_not_understood_is_one_error(string word, string message, string? hint)
    {
        Diagnostic refusal = Refusal(word);

        Assert.Equal((message, hint), (refusal.Message, refusal.Hint));
    }
}
