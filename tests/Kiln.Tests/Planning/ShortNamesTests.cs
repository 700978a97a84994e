// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Diagnostics;
using Kiln.Planning.Sources;
using Xunit;

namespace Kiln.Tests.Planning;

public sealed class ShortNamesTests
{
    [Theory]
    [InlineData("app", "corp.io/team/app")]
    [InlineData("app:1", "corp.io/team/app:1")]
    [InlineData("app@sha256:0", "corp.io/team/app@sha256:0")]
    [InlineData("other:1", "other:1")]
    [InlineData("docker.io/app", "docker.io/app")]
    [InlineData("localhost/app", "localhost/app")]
    [InlineData("host:5000/app", "host:5000/app")]
    public void An_alias_is_for_names_without_a_registry(string name, string expected) => Assert.Equal(expected, Expand(name));

    [Theory]
    [InlineData("other", "reg.io/other", "reg.io")]
    [InlineData("a/other:1", "reg.io/a/other:1", "reg.io")]
    [InlineData("h.io/other", "h.io/other", "reg.io")]
    [InlineData("other", "other", "reg.io", "docker.io")]
    public void A_single_search_registry_is_taken_and_of_several_Docker_Hub(string name, string expected, params string[] registries) =>
        Assert.Equal(expected, Expand(name, registries));

    [Fact]
    public void Which_of_several_registries_is_meant_is_not_guessed()
    {
        var error = Assert.Throws<BuildException>(() => Expand("other", "a.io", "b.io"));

        Assert.Equal("`other` may be of several registries: `a.io`, `b.io`", error.Message);
    }

    private static string Expand(string name, params string[] registries) =>
        new ShortNames(ImmutableDictionary<string, string>.Empty.Add("app", "corp.io/team/app"), [.. registries]).Expand(name, default);
}
