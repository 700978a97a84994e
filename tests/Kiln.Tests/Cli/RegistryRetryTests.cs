// SPDX-License-Identifier: Apache-2.0
using Kiln.Cli.Flags;
using Kiln.Cli.Start;
using Kiln.Diagnostics;
using Kiln.Registry;
using Kiln.Registry.Hosts;
using Xunit;

namespace Kiln.Tests.Cli;

/// <summary>What the flags about pushes and pulls that fail come to.</summary>
public class RegistryRetryTests
{
    [Fact]
    public void The_flags_reach_the_client_of_registries()
    {
        RegistryOptions options = Read(new BuildArguments { PushRetry = "3", DownloadRetry = "2", KeepImmutableTags = true });

        Assert.Equal((3, 2, true), (options.PushRetries, options.PullRetries, options.KeepsImmutableTags));
    }

    [Fact]
    public void Without_them_nothing_is_begun_anew() =>
        Assert.Equal((0, 0, false), (Read(new BuildArguments()).PushRetries, Read(new BuildArguments()).PullRetries, Read(new BuildArguments()).KeepsImmutableTags));

    [Fact]
    public void Who_starts_the_builder_may_name_himself_to_registries()
    {
        RegistryOptions options = RegistryArguments.Read(
            new BuildArguments(), new Dictionary<string, string> { ["UPSTREAM_CLIENT_TYPE"] = "pipeline" }, () => RegistriesConf.Empty);

        Assert.Equal($"{Read(new BuildArguments()).UserAgent},pipeline", options.UserAgent);
    }

    [Theory]
    [InlineData("often")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("")]
    public void What_is_no_number_of_times_is_an_error(string text)
    {
        BuildException error = Assert.Throws<BuildException>(() => Read(new BuildArguments { PushRetry = text }));

        Assert.Equal($"`--push-retry {text}` is no number of times", error.Message);
    }

    private static RegistryOptions Read(BuildArguments arguments) =>
        RegistryArguments.Read(arguments, new Dictionary<string, string>(), () => RegistriesConf.Empty);
}
