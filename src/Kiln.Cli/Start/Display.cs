// SPDX-License-Identifier: Apache-2.0
using Kiln.Cli.Flags;
using Kiln.Cli.Rendering;
using Kiln.Cli.Rendering.Live;
using Kiln.Cli.Rendering.Streams;
using Kiln.Cli.Rendering.Workflows;
using Kiln.Diagnostics;

namespace Kiln.Cli.Start;

/// <summary>Chooses how the program is shown, once a command knows what was typed, and shows what went wrong, also before.</summary>
internal sealed class Display(Surface surface, TimeProvider time) : IDisposable
{
    private IRenderer? _renderer;
    private bool _isLive;

    /// <summary>How a command that moves images or looks at builds is shown: in lines, whatever it is.</summary>
    internal IRenderer Open(BuildArguments arguments) => Open(arguments, ProgressMode.Plain);

    /// <summary>How a build is shown.</summary>
    internal IRenderer OpenBuild(BuildArguments arguments) => Open(arguments, ParseProgress(arguments.Progress));

    internal void Fail(IReadOnlyList<Diagnostic> diagnostics) => (_renderer ??= Text(new BuildArguments(), Verbosity.Info)).Fail(diagnostics);

    /// <summary>For a program that ends at once: the least that a terminal needs.</summary>
    internal void Abandon()
    {
        if (!_isLive)
            return;
        using Stream error = surface.Error();
        error.Write(System.Text.Encoding.ASCII.GetBytes(LiveRegion.ShowCursor));
    }

    public void Dispose() => _renderer?.Dispose();

    private IRenderer Open(BuildArguments arguments, ProgressMode progress)
    {
        LogFormat format = ParseFormat(arguments.LogFormat);
        Verbosity verbosity = ParseVerbosity(arguments.Verbosity);
        if (format == LogFormat.Json && progress is ProgressMode.Tty or ProgressMode.RawJson)
            throw DiagnosticRules.InvalidArgument.Error($"`--log-format json` and `--progress {arguments.Progress}` contradict each other", hint: "leave one of them out");
        if (progress == ProgressMode.RawJson && IsTaken(arguments))
            throw DiagnosticRules.InvalidArgument.Error("the events of `--progress rawjson` and an output both go to the standard output", hint: "give the output a `dest=`");
        if (progress == ProgressMode.Tty && !surface.ErrorIsTerminal)
            throw DiagnosticRules.InvalidArgument.Error("`--progress tty` needs a terminal, and the error stream is none", hint: "use `--progress plain`, or `auto`, which looks for itself");
        if (progress == ProgressMode.Auto)
            progress = surface.IsLively && format is LogFormat.Auto or LogFormat.Color && !arguments.Check ? ProgressMode.Tty : ProgressMode.Plain;
        _isLive = progress == ProgressMode.Tty;
        return _renderer = progress switch
        {
            ProgressMode.Tty => new LiveRenderer(surface.Error(), surface.Size, StyleOf(format), verbosity, time) { HasTimes = arguments.LogTimestamp },
            ProgressMode.RawJson => new EventStreamRenderer(surface.Output(), $"kiln {Composition.Version}", verbosity, time, Text(arguments, Verbosity.Error)),
            ProgressMode.Quiet => new QuietRenderer(OutputOf(arguments), Lines(arguments, format, Verbosity.Error)),
            ProgressMode.Auto or ProgressMode.Plain => Lines(arguments, format, verbosity),
        };
    }

    private IRenderer Lines(BuildArguments arguments, LogFormat format, Verbosity verbosity) =>
        format == LogFormat.Json ? new JsonLogRenderer(surface.Error(), verbosity, time) : Text(arguments, verbosity);

    private TextRenderer Text(BuildArguments arguments, Verbosity verbosity)
    {
        IWorkflowLog workflow = surface.Environment.GetValueOrDefault("GITHUB_ACTIONS") == "true" ? new GitHubLog(surface.Environment.GetValueOrDefault("GITHUB_WORKSPACE") ?? surface.Directory)
            : surface.Has("GITLAB_CI") ? new GitLabLog()
            : new PlainLog();
        var streams = new LogStreams(OutputOf(arguments), surface.Error(), time) { HasTimes = arguments.LogTimestamp, IsOne = workflow.ReadsBothStreams };
        return new TextRenderer(streams, StyleOf(ParseFormat(arguments.LogFormat)), verbosity, time, workflow) { ShowsExcerpts = arguments.Check };
    }

    /// <summary>What a step prints would be in the middle of what an output writes there.</summary>
    private Stream OutputOf(BuildArguments arguments) => IsTaken(arguments) ? surface.Error() : surface.Output();

    private static bool IsTaken(BuildArguments arguments) => arguments.Files.Any(file => file.Path is null);

    private Style StyleOf(LogFormat format) => new(surface.AllowsColours && (format == LogFormat.Color || (format == LogFormat.Auto && surface.ErrorIsTerminal)));

    private static ProgressMode ParseProgress(string text) => text switch
    {
        "auto" => ProgressMode.Auto,
        "plain" => ProgressMode.Plain,
        "tty" => ProgressMode.Tty,
        "rawjson" => ProgressMode.RawJson,
        "quiet" or "none" => ProgressMode.Quiet,
        _ => throw DiagnosticRules.InvalidArgument.Error($"`--progress {text}` is no way to show a build", hint: "use `auto`, `plain`, `tty`, `rawjson` or `quiet`"),
    };

    private static LogFormat ParseFormat(string? text) => text switch
    {
        null => LogFormat.Auto,
        "text" => LogFormat.Text,
        "color" => LogFormat.Color,
        "json" => LogFormat.Json,
        _ => throw DiagnosticRules.InvalidArgument.Error($"`--log-format {text}` is no format", hint: "use `text`, `color` or `json`"),
    };

    private static Verbosity ParseVerbosity(string text) => text switch
    {
        "trace" or "debug" => Verbosity.Debug,
        "info" => Verbosity.Info,
        "warn" or "warning" => Verbosity.Warning,
        "error" or "fatal" or "panic" => Verbosity.Error,
        _ => throw DiagnosticRules.InvalidArgument.Error($"`--verbosity {text}` is no level", hint: "use trace, debug, info, warn, error, fatal or panic"),
    };
}
