// SPDX-License-Identifier: Apache-2.0
using Kiln.Build;
using Kiln.Build.Warming;
using Kiln.Cli.Flags;
using Kiln.Cli.Start;
using Kiln.Diagnostics;
using Kiln.Planning.Sources;
using Kiln.Registry;
using Kiln.Tests.Cache;
using Xunit;

namespace Kiln.Tests.Cli;

/// <summary>
/// Every flag of kaniko's executor and warmer, of v1.24 and of the fork's v1.28.3, in every way to spell it: each changes what the program makes of the command line, or is on COMPAT.md's list of those without effect.
/// </summary>
public sealed class KanikoEffectTests
{
    private static readonly Dictionary<string, string> Environment = new() { ["SSL_CERT_FILE"] = "/none", ["HOME"] = "/none", ["CONTAINERS_REGISTRIES_CONF"] = "/dev/null" };

    /// <summary>A value for each flag that has one, and the words without which it says nothing. A switch's value is the one that it has not anyway.</summary>
    private static readonly (string Flag, string Value, string Beside)[] Executor =
    [
        ("annotation", "a=b", ""), ("bucket", "b/o", "--context="), ("build-arg", "A=1", ""), ("cache", "true", ""), ("cache-copy-layers", "true", ""), ("cache-dir", "/c", ""),
        ("cache-repo", "h.io/c", "--cache"), ("cache-run-layers", "false", ""), ("cache-ttl", "6h", ""), ("cleanup", "true", ""), ("compressed-caching", "false", ""), ("compression", "zstd", ""),
        ("compression-level", "9", ""), ("context", "/", ""), ("context-sub-path", "sub", ""), ("credential-helpers", "ecr", ""), ("custom-platform", "linux/arm64", ""), ("customPlatform", "linux/arm64", ""),
        ("destination", "h.io/a", ""), ("digest-file", "/f", ""), ("dockerfile", "D", ""), ("dryrun", "true", ""), ("force", "true", ""), ("force-build-metadata", "true", ""),
        ("git", "branch=b", "--context=git://h.io/r"), ("ignore-path", "/p", ""), ("ignore-var-run", "false", ""), ("image-download-retry", "2", ""), ("image-format", "docker", ""),
        ("image-fs-extract-retry", "2", ""), ("image-name-tag-with-digest-file", "/f", "-d h.io/a"), ("image-name-with-digest-file", "/f", "-d h.io/a"), ("insecure", "true", ""), ("insecure-pull", "true", ""),
        ("insecure-registry", "h.io", ""), ("kaniko-dir", "/k", ""), ("label", "a=b", ""), ("log-format", "json", ""), ("log-timestamp", "true", ""), ("materialize", "true", ""),
        ("no-push", "true", "-d h.io/a"), ("no-push-cache", "true", "--cache"), ("oci-layout-path", "/l", ""), ("pre-cleanup", "true", ""), ("preserve-context", "true", ""),
        ("push-ignore-immutable-tag-errors", "true", ""), ("push-retry", "2", ""), ("registry-certificate", "h.io=/c", ""), ("registry-client-cert", "h.io=/c,/k", ""), ("registry-map", "a.io=b.io", ""),
        ("registry-mirror", "m.io", ""), ("reproducible", "true", ""), ("secret", "id=s,env=HOME", ""), ("single-snapshot", "true", ""), ("skip-default-registry-fallback", "true", ""),
        ("skip-push-permission-check", "true", ""), ("skip-tls-verify", "true", ""), ("skip-tls-verify-pull", "true", ""), ("skip-tls-verify-registry", "h.io", ""), ("skip-unused-stages", "true", ""),
        ("snapshot-mode", "redo", ""), ("snapshotMode", "redo", ""), ("tar-path", "/t", ""), ("tarPath", "/t", ""), ("target", "s", ""), ("use-new-run", "true", ""), ("verbosity", "debug", ""),
        ("whitelist-var-run", "false", ""),
    ];

    private static readonly (string Flag, string Value, string Beside)[] Warmer =
    [
        ("image", "i", ""), ("dockerfile", "D", ""), ("build-arg", "A=1", ""), ("cache-dir", "/c", ""), ("force", "true", ""), ("cache-ttl", "6h", ""), ("customPlatform", "linux/arm64", ""),
        ("insecure-pull", "true", ""), ("skip-tls-verify-pull", "true", ""), ("insecure-registry", "h.io", ""), ("skip-tls-verify-registry", "h.io", ""), ("registry-certificate", "h.io=/c", ""),
        ("registry-client-cert", "h.io=/c,/k", ""), ("registry-map", "a.io=b.io", ""), ("registry-mirror", "m.io", ""), ("skip-default-registry-fallback", "true", ""), ("verbosity", "debug", ""),
        ("log-format", "json", ""), ("log-timestamp", "true", ""),
    ];

    public static TheoryData<string> ExecutorFlags => [.. Executor.Select(row => row.Flag)];

    public static TheoryData<string> WarmerFlagNames => [.. Warmer.Select(row => row.Flag)];

    [Theory]
    [MemberData(nameof(ExecutorFlags))]
    public void A_flag_of_the_executor_does_something_or_is_told_to_do_nothing(string name)
    {
        (_, string value, string beside) = Executor.Single(row => row.Flag == name);
        Flag flag = BuildFlags.All.Single(flag => flag.Name == name || flag.OldNames.Contains(name));
        string[] others = beside.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string usual = MadeOf(CommandLines.Read(Environment, [.. Place(others), .. others]));

        List<string> made = [.. SpellingsOf(flag, name, value).Select(words => Make(CommandLines.Read(Environment, [.. Place([.. others, .. words]), .. others, .. words])))];

        string once = Assert.Single(made.Distinct());
        Assert.Equal(flag.Kaniko == KanikoParity.AcceptedWithoutEffect, once == usual);
    }

    [Theory]
    [MemberData(nameof(WarmerFlagNames))]
    public void A_flag_of_the_warmer_does_something(string name)
    {
        (_, string value, _) = Warmer.Single(row => row.Flag == name);
        Flag flag = WarmerFlags.All.Single(flag => flag.Name == name || flag.OtherNames.Contains(name));
        string usual = WarmedBy(CommandLines.ReadWarmer());

        List<string> made = [.. SpellingsOf(flag, name, value).Select(words => WarmedBy(CommandLines.ReadWarmer([.. words])))];

        Assert.NotEqual(usual, Assert.Single(made.Distinct()));
    }

    /// <summary>What the tables leave out would not be looked at.</summary>
    [Fact]
    public void Every_flag_has_a_row()
    {
        IEnumerable<string> kanikos = BuildFlags.All.Where(flag => flag.Kaniko != KanikoParity.Own).Select(flag => flag.Name);

        Assert.Empty(kanikos.Concat(KanikoFlagTests.Flags.Select(row => row.Data.Item1)).Except(Executor.Select(row => row.Flag)));
        Assert.Empty(WarmerFlags.All.Where(flag => flag.Kaniko != KanikoParity.Own).Select(flag => flag.Name)
            .Except(Warmer.Select(row => row.Flag)).Except(["custom-platform", "image-download-retry", .. BuildFlags.All.SkipWhile(flag => flag.Name != "registry-mirror").TakeWhile(flag => flag.Name != "root-dir").Select(flag => flag.Name)]));
    }

    /// <summary>GNU's ways to write a flag, and Go's words for yes and no.</summary>
    private static IEnumerable<string[]> SpellingsOf(Flag flag, string name, string value)
    {
        if (flag is SwitchFlag or ChoiceFlag)
        {
            foreach (string word in value == "true" ? ["1", "t", "T", "TRUE", "true", "True"] : (string[])["0", "f", "F", "FALSE", "false", "False"])
                yield return [$"--{name}={word}"];
            if (value == "true")
                yield return [$"--{name}"];
        }
        else
        {
            yield return [$"--{name}={value}"];
            yield return [$"--{name}", value];
        }
        if (flag.Short is not { } letter || name != flag.Name)
            yield break;
        if (flag is SwitchFlag)
            yield return [$"-{letter}"];
        else
            foreach (string[] words in (string[][])[[$"-{letter}", value], [$"-{letter}{value}"], [$"-{letter}={value}"]])
                yield return words;
    }

    /// <summary>A context that is there, and something to do, where the flags do not say it.</summary>
    private static IEnumerable<string> Place(string[] words)
    {
        if (!words.Any(word => word.StartsWith("--context=", StringComparison.Ordinal)))
            yield return "--context=/tmp";
        yield return "--destination=h.io/usual";
    }

    /// <summary>An error, too, is what is made of a command line: `--context=` alone is one, and with `--bucket` it is none.</summary>
    private static string MadeOf(BuildArguments arguments)
    {
        try
        {
            return Make(arguments);
        }
        catch (BuildException e)
        {
            return e.Message;
        }
    }

    private static string Make(BuildArguments arguments)
    {
        OutputArguments.SpellOut(arguments, outputIsTerminal: false);
        BuildRequest request = new RequestFactory(Environment).Create(arguments, ShortNames.None);
        RegistryOptions registries = RegistryArguments.Read(arguments, Environment, () => throw new InvalidOperationException());
        using var credentials = new CredentialPlaces(arguments.CredentialSources, Environment, registries);
        var cache = new CacheArguments(arguments, "/root-directory");
        return Dump.Of(
            request, registries, credentials.Chain, new ContextArguments(Environment, credentials).Read(arguments), cache.Options, cache.Open(CacheMediaOf.Options(cache.Options, null, Assert.Fail)),
            CacheDirectory.Find(arguments.CacheDirectory, "/root-directory"), RootDirectory.Find(arguments.RootDirectory, Environment),
            // Read where files are looked up, where the program decides what to do, and where it begins to show it: tests of contexts, builds and displays have them.
            arguments.Dockerfile, arguments.ContextSubPath, arguments.DryRun, Shown(arguments));
    }

    private static string WarmedBy(BuildArguments arguments)
    {
        WarmRequest request = WarmRun.Read(arguments, new RequestFactory(Environment).MakePlan(arguments));
        return Dump.Of(
            request, RegistryArguments.Read(arguments, Environment, () => throw new InvalidOperationException()), CacheArguments.ReadTimeToLive(arguments), arguments.CacheDirectory, arguments.Dockerfile, Shown(arguments));
    }

    private static (string, string?, bool) Shown(BuildArguments arguments) => (arguments.Verbosity, arguments.LogFormat, arguments.LogTimestamp);
}
