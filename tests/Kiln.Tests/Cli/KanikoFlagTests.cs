// SPDX-License-Identifier: Apache-2.0
using Kiln.Cli.Flags;
using Kiln.Cli.Start;
using Xunit;

namespace Kiln.Tests.Cli;

/// <summary>Command lines that were written for kaniko's executor, v1.24 or the fork's v1.28.3.</summary>
public sealed class KanikoFlagTests
{
    private static readonly string[] Switches =
    [
        "cache", "cache-copy-layers", "cache-run-layers", "cleanup", "compressed-caching", "dryrun", "force", "force-build-metadata", "ignore-var-run", "insecure", "insecure-pull",
        "log-timestamp", "materialize", "no-push", "no-push-cache", "pre-cleanup", "preserve-context", "push-ignore-immutable-tag-errors", "reproducible",
        "single-snapshot", "skip-default-registry-fallback", "skip-push-permission-check", "skip-tls-verify", "skip-tls-verify-pull", "skip-unused-stages", "use-new-run",
        "whitelist-var-run",
    ];

    private static readonly string[] Values =
    [
        "annotation", "bucket", "build-arg", "cache-dir", "cache-repo", "cache-ttl", "compression", "compression-level", "context", "context-sub-path", "credential-helpers", "custom-platform",
        "customPlatform", "destination", "digest-file", "dockerfile", "git", "ignore-path", "image-download-retry", "image-format", "image-fs-extract-retry", "image-name-tag-with-digest-file",
        "image-name-with-digest-file", "insecure-registry", "kaniko-dir", "label", "log-format", "oci-layout-path", "push-retry", "registry-certificate", "registry-client-cert", "registry-map",
        "registry-mirror", "secret", "skip-tls-verify-registry", "snapshot-mode", "snapshotMode", "tar-path", "tarPath", "target", "verbosity",
    ];

    public static TheoryData<string, bool> Flags => [.. Switches.Select(flag => (flag, true)), .. Values.Select(flag => (flag, false))];

    [Theory]
    [MemberData(nameof(Flags))]
    public void Every_flag_of_kaniko_is_one_of_its_kind(string name, bool isSwitch)
    {
        Flag flag = Assert.Single(BuildFlags.All, f => f.Name == name || f.OldNames.Contains(name));

        Assert.NotEqual(KanikoParity.Own, name == "kaniko-dir" ? KanikoParity.Same : flag.Kaniko);
        Assert.Equal(isSwitch, flag is SwitchFlag or ChoiceFlag);
    }

    [Theory]
    [InlineData("-i a --image=b -d Dockerfile --build-arg=A=1 -c /c -f --cache-ttl 6h --customPlatform linux/arm64 -v debug")]
    [InlineData("--image a -i=b --dockerfile Dockerfile --build-arg A=1 --cache-dir=/c --force --cache-ttl=6h --custom-platform=linux/arm64 --verbosity=debug")]
    public void The_warmer_has_kaniko_s_flags(string words)
    {
        BuildArguments read = CommandLines.ReadWarmer(words.Split(' '));

        Assert.Equal(["a", "b"], read.WarmImages);
        Assert.Equal(("Dockerfile", "/c", true, "6h", "linux/arm64", "debug"), (read.Dockerfile, read.CacheDirectory, read.WarmAnew, read.CacheTimeToLive, read.Platform, read.Verbosity));
        Assert.Equal(["A=1"], read.BuildArgs);
    }

    [Theory]
    [InlineData("insecure-pull")]
    [InlineData("skip-tls-verify-pull")]
    [InlineData("insecure-registry")]
    [InlineData("skip-tls-verify-registry")]
    [InlineData("registry-certificate")]
    [InlineData("registry-client-cert")]
    [InlineData("registry-map")]
    [InlineData("registry-mirror")]
    [InlineData("skip-default-registry-fallback")]
    public void The_warmer_talks_to_registries_as_a_build_does(string name) =>
        Assert.Same(BuildFlags.All.Single(flag => flag.Name == name), WarmerFlags.All.Single(flag => flag.Name == name));

    [Theory]
    [InlineData("executor", "--no-push", "executor --no-push")]
    [InlineData("executor", "", "executor")]
    [InlineData("executor", "login -u me r.example", "login -u me r.example")]
    [InlineData("executor", "push x.tar -d r", "push x.tar -d r")]
    [InlineData("executor", "version", "--version")]
    [InlineData("warmer", "-i debian", "warmer -i debian")]
    [InlineData("kiln", "login r.example", "login r.example")]
    public void The_name_it_is_called_by_says_whose_command_line_it_is(string program, string typed, string understood) =>
        Assert.Equal(understood.Split(' '), Personality.Translate(program, typed.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
}
