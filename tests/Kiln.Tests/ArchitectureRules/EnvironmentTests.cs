// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Xunit;

namespace Kiln.Tests.ArchitectureRules;

/// <summary>Holds the page of environment variables against the names that the sources hold.</summary>
public sealed partial class EnvironmentTests
{
    private const string Page = "docs/reference/environment.md";

    /// <summary>The projects that are given the environment, or words of it.</summary>
    private static readonly string[] Readers = ["src/Kiln.Cli/", "src/Kiln.Clouds/", "src/Kiln.Contexts/", "src/Kiln.Http/", "src/Kiln.Registry/", "src/Kiln.Store/", "src/Kiln.Cache/"];

    /// <summary>Names of one word, which could be anything else.</summary>
    private static readonly string[] Words = ["HOME", "PATH", "TMPDIR", "TERM", "CI"];

    /// <summary>Made of parts, as `KILN_` and a host.</summary>
    private static readonly string[] Composed =
    [
        "KILN_HOST_USER", "KILN_HOST_PASSWORD", "KANIKO_HOST_USER", "KANIKO_HOST_PASSWORD", "AWS_ENDPOINT_URL_ECR", "AWS_ENDPOINT_URL_ECR_PUBLIC", "AWS_ENDPOINT_URL_STS",
    ];

    /// <summary>Words of registries and of git's repositories, and a service's name.</summary>
    private static readonly string[] NoVariables = ["BLOB_UNKNOWN", "DIGEST_INVALID", "FETCH_HEAD", "ORIG_HEAD", "ECR_PUBLIC"];

    /// <summary>What git, and Kiln as its assistant, are started with.</summary>
    private static readonly string[] GivenToGit =
    [
        "LC_ALL", "GIT_ASKPASS", "GIT_SSH", "GIT_SSH_VARIANT", "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "GIT_CONFIG_VALUE_0", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_GLOBAL",
        "GIT_ATTR_NOSYSTEM", "GIT_CEILING_DIRECTORIES", "GIT_TERMINAL_PROMPT", "GIT_ALLOW_PROTOCOL", "GIT_PROTOCOL_FROM_USER",
        "KILN_GIT_SERVER", "KILN_GIT_USER", "KILN_GIT_PASSWORD", "KILN_GIT_SSH_OPTIONS",
    ];

    [Fact]
    public void Every_variable_that_is_read_is_on_the_page_and_no_other() =>
        Assert.Equal(Read().Concat(Words).Concat(Composed).Distinct().Order(StringComparer.Ordinal), Named().Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void What_is_left_out_is_in_the_sources() => Assert.All(NoVariables.Concat(GivenToGit), name => Assert.Contains(name, Literals()));

    private static IEnumerable<string> Read() => Literals().Except(NoVariables).Except(GivenToGit);

    private static HashSet<string> Literals() =>
    [
        .. Checkout.Sources.Where(file => Readers.Any(project => file.StartsWith(project, StringComparison.Ordinal)))
            .SelectMany(file => Literal().Matches(Checkout.Read(file)).Select(match => match.Groups["name"].Value)),
    ];

    private static IEnumerable<string> Named() => Checkout.Lines(Page).Where(line => line.StartsWith("| `", StringComparison.Ordinal))
        .SelectMany(line => Word().Matches(line.Split('|')[1]).Select(match => match.Groups["name"].Value));

    [GeneratedRegex("\"(?<name>[A-Z][A-Z0-9]*(_[A-Z0-9]+)+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Literal();

    [GeneratedRegex("`(?<name>[A-Z][A-Z0-9_]*)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Word();
}
