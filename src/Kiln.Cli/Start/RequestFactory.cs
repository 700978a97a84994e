// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Kiln.Build;
using Kiln.Build.Outputs;
using Kiln.Cli.Commands;
using Kiln.Cli.Flags;
using Kiln.Diagnostics;
using Kiln.Dockerfile.Instructions;
using Kiln.Linux;
using Kiln.Oci;
using Kiln.Planning;
using Kiln.Planning.Sources;

namespace Kiln.Cli.Start;

/// <summary>Turns what was typed into a <see cref="BuildRequest"/>: the only place that reads the environment and the working directory for a build.</summary>
internal sealed class RequestFactory(IReadOnlyDictionary<string, string> environment)
{
    /// <summary>kaniko: -1, of which a byte is left.</summary>
    private const int KanikoSignalStatus = 255;

    /// <summary>What this program runs on.</summary>
    internal static Platform Host { get; } = new("linux", RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "amd64");

    /// <summary>All but the build context and its files, which may have to be fetched first.</summary>
    internal BuildRequest Create(BuildArguments arguments, ShortNames shortNames)
    {
        CheckUnused(arguments);
        return new BuildRequest
        {
            Dockerfile = new SourceText("", ""),
            Context = "",
            Plan = MakePlan(arguments) with { ShortNames = shortNames },
            Secrets = SecretArguments.Read(arguments.Secrets, environment),
            SshAgents = SshArguments.Read(arguments.SshAgents, environment),
            SignalStatus = arguments.IsExecutor ? KanikoSignalStatus : null,
            RunTimeout = ReadDuration(arguments.RunTimeout, "--run-timeout"),
            AllowsMetadata = arguments.AllowMetadata,
            Ignored = ReadIgnored(arguments.IgnoredPaths),
            Jobs = ReadJobs(arguments.Jobs),
            CountsSecretValues = arguments.CacheSecretDigest,
            Outputs = MakeOutputs(arguments),
            Compression = CompressionArguments.Read(arguments),
            Format = ReadFormat(arguments),
            Annotations = StringMap.Empty.SetItems(arguments.Annotations.Select(a => Pair(a, "--annotation"))),
            SourceDateEpoch = ReadEpoch(),
            Reproducibility = ParseReproducibility(arguments.Reproducible),
            ResolverConfiguration = File.Exists("/etc/resolv.conf") ? File.ReadAllBytes("/etc/resolv.conf") : default,
        };
    }

    internal PlanOptions MakePlan(BuildArguments arguments)
    {
        Platform? platform = null;
        if (arguments.Platform is { Length: > 0 } text && !Platform.TryParse(text, Host, out platform))
            throw DiagnosticRules.InvalidPlatform.Error($"failed to parse platform {text}", hint: "write `os/architecture`, as `linux/arm64`");
        // No name of a stage has a comma.
        string[] targets = [.. arguments.Targets.SelectMany(t => t.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        return new PlanOptions
        {
            BuildArgs = [.. arguments.BuildArgs.Select(BuildArg).OfType<KeyValuePair<string, string>>()],
            Target = targets.FirstOrDefault(),
            OtherTargets = [.. targets.Skip(1)],
            Platform = platform,
            BuildPlatform = Host,
            Compatibility = ReadCompatibility(arguments),
            Labels = [.. arguments.Labels.Select(l => Pair(l, "--label"))],
            NamedContexts = new NamedContexts(arguments.BuildContexts.Select(c => Pair(c, "--build-context"))),
        };
    }

    /// <summary>Without `=` the environment's value, and none where it has none.</summary>
    private KeyValuePair<string, string>? BuildArg(string text) =>
        text.Contains('=') ? Pair(text, "--build-arg")
        : environment.TryGetValue(text, out string? value) ? new(text, value)
        : null;

    internal static KeyValuePair<string, string> Pair(string text, string flag)
    {
        int equals = text.IndexOf('=');
        return equals > 0
            ? new(text[..equals], text[(equals + 1)..])
            : throw DiagnosticRules.InvalidArgument.Error($"`{flag} {text}` is not of the form NAME=VALUE", hint: $"write `{flag} NAME=VALUE`");
    }

    private OutputOptions MakeOutputs(BuildArguments arguments)
    {
        if (arguments is { Destinations.Count: 0, Outputs.Count: 0, NoPush: false, Check: false, DryRun: false })
            throw DiagnosticRules.NoDestination.Error("there is neither `--destination` nor `--no-push`");
        return new OutputOptions
        {
            Destinations = [.. arguments.Destinations.Select(d => ImageReference.Parse(d))],
            NoPush = arguments.NoPush || arguments.Destinations.Count == 0,
            SkipsPushCheck = arguments.SkipPushCheck,
            Files = [.. NamedFiles(arguments), .. arguments.Files],
            Reports = [.. MakeReports(arguments)],
        };
    }

    /// <summary>What has no effect is checked all the same: a mistake in it would be one with kaniko too.</summary>
    private static void CheckUnused(BuildArguments arguments)
    {
        if (arguments.SnapshotMode is not ("full" or "redo" or "time"))
            throw DiagnosticRules.InvalidArgument.Error($"`--snapshot-mode={arguments.SnapshotMode}` is no mode", hint: "use `full`, `redo` or `time`, or leave it out");
        ReadCount(arguments.ExtractRetry, "--image-fs-extract-retry");
    }

    private static Compatibility ReadCompatibility(BuildArguments arguments) => arguments.Compat switch
    {
        "docker" => Compatibility.Docker,
        "kaniko" => Compatibility.Kaniko,
        var other => throw DiagnosticRules.InvalidArgument.Error($"`--compat={other}` names no builder whose images could come out", hint: "use `docker` or `kaniko`"),
    };

    private static ImageFormat? ReadFormat(BuildArguments arguments) => arguments.ImageFormat switch
    {
        null or "" when arguments.Compat == "kaniko" => null,
        null or "" or "oci" => ImageFormat.Oci,
        "docker" when arguments.Compression == "zstd" => throw DiagnosticRules.InvalidArgument.Error(
            "`--image-format=docker` has no word for layers of `--compression=zstd`", hint: "leave one of them out"),
        "docker" => ImageFormat.Docker,
        var other => throw DiagnosticRules.InvalidArgument.Error($"`--image-format={other}` is no format", hint: "use `oci` or `docker`"),
    };

    private static IgnoredPaths ReadIgnored(IReadOnlyList<string> paths)
    {
        foreach (string path in paths)
        {
            string? hint = !path.StartsWith('/') ? "write it from the root of the image on, as `/var/cache`"
                : UnixPath.Clean(path).IsRoot ? "every layer would be empty"
                : null;
            if (hint is not null)
                throw DiagnosticRules.InvalidArgument.Error($"`--ignore-path {path}` is no path that can be left out of an image", hint: hint);
        }
        return new IgnoredPaths(paths);
    }

    private IEnumerable<ImageReport> MakeReports(BuildArguments arguments)
    {
        (ReportKind Kind, string Flag, string? Place)[] asked =
        [
            (ReportKind.Digest, "--digest-file", arguments.DigestFile),
            (ReportKind.Names, "--image-name-with-digest-file", arguments.NameDigestFile),
            (ReportKind.TaggedNames, "--image-name-tag-with-digest-file", arguments.NameTagDigestFile),
            (ReportKind.Metadata, "--metadata-file", arguments.MetadataFile),
            // A file that names what was pushed is none where nothing is.
            (ReportKind.PushedImages, "BUILDER_OUTPUT", arguments is { NoPush: false, Destinations.Count: > 0 } && environment.GetValueOrDefault("BUILDER_OUTPUT") is { Length: > 0 } directory ? Path.Combine(directory, "images") : null),
        ];
        foreach ((ReportKind kind, string flag, string? place) in asked)
        {
            if (string.IsNullOrEmpty(place))
                continue;
            if (kind is ReportKind.Names or ReportKind.TaggedNames && arguments.Destinations.Count == 0)
                throw DiagnosticRules.NoDestination.Error($"`{flag}` names the destinations, and there is none", hint: "add `--destination`, also beside `--no-push`");
            yield return new ImageReport(kind, flag, ImageReport.IsAddress(place) ? ReadAddress(flag, place) : Path.GetFullPath(place));
        }
    }

    private static string ReadAddress(string flag, string text) => Uri.IsWellFormedUriString(text, UriKind.Absolute)
        ? text
        : throw DiagnosticRules.InvalidArgument.Error($"`{flag}` is given an address that is none");

    private static IEnumerable<FileOutput> NamedFiles(BuildArguments arguments)
    {
        if (arguments.OciLayoutPath is { Length: > 0 } layout)
            yield return new FileOutput(FileOutputKind.OciLayout, Path.GetFullPath(layout));
        if (arguments.TarPath is { Length: > 0 } archive)
            yield return new FileOutput(FileOutputKind.DockerArchive, Path.GetFullPath(archive));
    }

    private static Reproducibility ParseReproducibility(string text) => text switch
    {
        "check" => Reproducibility.Checked,
        _ => GoBoolean.Parse(text, "`--reproducible`, which may be `check` too,") ? Reproducibility.FixedTimes : Reproducibility.Unasked,
    };

    internal static int ReadCount(string text, string flag) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
        ? count
        : throw DiagnosticRules.InvalidArgument.Error($"`{flag} {text}` is no number of times");

    private static int ReadJobs(string? text) => text is null
        ? Environment.ProcessorCount
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int jobs) && jobs > 0
            ? jobs
            : throw DiagnosticRules.InvalidArgument.Error($"`--jobs={text}` is no number of steps", hint: "give a number from 1 on; 1 carries out one step after the other");

    internal static TimeSpan? ReadDuration(string? text, string flag)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        return GoDuration.Parse(text) is > 0 and var nanoseconds
            ? TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick)
            : throw DiagnosticRules.InvalidArgument.Error($"`{flag} {text}` is no duration", hint: "write it as `90s`, `30m` or `1h30m`");
    }

    private long? ReadEpoch()
    {
        if (environment.GetValueOrDefault("SOURCE_DATE_EPOCH") is not { Length: > 0 } text)
            return null;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seconds)
            ? seconds
            : throw DiagnosticRules.InvalidEpoch.Error($"the environment's SOURCE_DATE_EPOCH is `{text}`");
    }
}
