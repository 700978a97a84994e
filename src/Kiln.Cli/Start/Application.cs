// SPDX-License-Identifier: Apache-2.0
using System.Collections;
using System.CommandLine;
using System.CommandLine.Help;
using Kiln.Build.Outlook;
using Kiln.Cli.Commands;
using Kiln.Cli.Flags;
using Kiln.Cli.Rendering;
using Kiln.Cli.Rendering.Plans;
using Kiln.Cli.Rendering.Reports;
using Kiln.Cli.Rendering.Reports.Sarif;
using Kiln.Diagnostics;
using Kiln.Linux;
using Kiln.Planning.Lint;
using Kiln.Sandbox;
using Kiln.Sandbox.Doctor;

namespace Kiln.Cli.Start;

/// <summary>The program from its arguments to its exit status. The only place where errors are caught and printed.</summary>
internal static class Application
{
    internal static async Task<int> RunAsync(string[] typed)
    {
        string[] args = Personality.Translate(Personality.ProgramName(), typed);
        Dictionary<string, string> environment = ReadEnvironment();
        var surface = Surface.OfThisProcess(environment);
        using var display = new Display(surface, TimeProvider.System);
        using var stop = new StopSignals(display.Abandon);
        try
        {
            Command root = CreateRoot(args, environment, display, surface);
            ParseResult parsed = root.Parse(FlagOptions.SpellOut(args, old => Console.Error.WriteLine($"{surface.ErrorStyle.Yellow("warning:")} {old}")), new ParserConfiguration { ResponseFileTokenReplacer = null });
            UsageErrors.Check(parsed);
            var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await parsed.InvokeAsync(invocation, stop.Token);
        }
        catch (Exception e)
        {
            // What went wrong while everything was being stopped is not the cause.
            Diagnostic diagnostic = stop.ExitStatus is not null ? DiagnosticRules.Stopped.At(null, "stopped by a signal") : Describe(e);
            IReadOnlyList<Diagnostic> further = stop.ExitStatus is null && e is BuildException { Further: var others } ? others : [];
            display.Fail([diagnostic, .. further]);
            return stop.ExitStatus ?? (e as BuildException)?.ExitStatus ?? 1;
        }
    }

    /// <summary>All commands, and what each does.</summary>
    internal static Command CreateRoot(string[] args, Dictionary<string, string> environment, Display display, Surface surface)
    {
        Command? root = null;
        // No RootCommand: that has the file's name, which is a command's where the file is called `executor`.
        root = new Command("kiln", "Builds container images from Dockerfiles, without daemon and privilege")
        {
            new HelpOption(),
            new VersionOption(),
            BuildCommand.Create((arguments, token) => BuildAsync(args, arguments, environment, display, surface.OutputStyle, token), environment),
            BuildCommand.CreateExecutor((arguments, token) => BuildAsync(args, arguments, environment, display, surface.OutputStyle, token), environment),
            WarmerCommand.Create((arguments, token) => WarmAsync(arguments, environment, display, token), environment),
            PlanCommand.Create((arguments, token) => PlanAsync(args, arguments, environment, display, surface.OutputStyle, token), environment),
            DoctorCommand.Create((arguments, token) => ExamineAsync(args, arguments, environment, surface.OutputStyle, token), environment),
            PushCommand.Create((arguments, from, to, token) => TransferAsync(arguments, environment, display, run => run.PushAsync(from, to, token)), environment),
            PullCommand.Create((arguments, from, to, token) => TransferAsync(arguments, environment, display, run => run.PullAsync(from, to, token)), environment),
            CopyCommand.Create((arguments, from, to, token) => TransferAsync(arguments, environment, display, run => run.CopyAsync(from, to, token)), environment),
            ManifestCommand.Create(
                (arguments, to, from, token) => TransferAsync(arguments, environment, display, run => run.CreateAsync(to, from, token)),
                (arguments, from, token) => TransferAsync(arguments, environment, display, run => run.InspectAsync(from, token)),
                environment),
            LoginCommand.Create((arguments, host, token) => LoginAsync(arguments, host, environment, token), environment),
            LoginCommand.CreateLogout((_, host, token) => LogoutAsync(host, environment, token)),
            LoginCommand.CreateAuth((arguments, subject, token) => ExplainAsync(arguments, subject!, environment, token), environment),
            CacheCommand.Create(
                (arguments, carryOut, token) => LookAfterCacheAsync(arguments, carryOut, environment, token),
                PlanCommand.CreateExplain((arguments, token) => ExplainCacheAsync(args, arguments, environment, display, surface.OutputStyle, token), environment),
                environment),
            CompletionCommand.Create(() => root!),
            CompletionCommand.CreateManual(() => root!),
            LintCommand.Create((arguments, files) => Lint(arguments, files, environment, surface.OutputStyle, display), environment),
        };
        return root;
    }

    internal static Dictionary<string, string> ReadEnvironment() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "");

    private static async Task<int> BuildAsync(
        string[] args, BuildArguments arguments, Dictionary<string, string> environment, Display display, Style style, CancellationToken cancellationToken)
    {
        if (arguments is { DryRun: true, Check: false })
            return await PlanAsync(args, arguments, environment, display, style, cancellationToken);
        if (!arguments.Check && EnterAsBuild(args, arguments, environment) is { } status)
            return status;
        NativeLibraries.Load();
        await using Composition composition = Composition.Create(arguments, environment, display.OpenBuild);
        await (arguments.Check ? composition.CheckAsync(cancellationToken) : composition.BuildAsync(cancellationToken));
        return 0;
    }

    /// <summary>An ordinary user becomes root of a user namespace of his own, where the machine lets him: everything below runs there. Null where nobody had to, or this is there.</summary>
    private static int? EnterAsBuild(string[] args, BuildArguments arguments, Dictionary<string, string> environment) =>
        arguments.Isolation == "none" ? null : RootlessEntry.TryEnter(["kiln", .. args], [.. environment.Select(v => $"{v.Key}={v.Value}")]);

    private static async Task<int> PlanAsync(
        string[] args, BuildArguments arguments, Dictionary<string, string> environment, Display display, Style style, CancellationToken cancellationToken)
    {
        Func<PlanOutlook, string> write = arguments.PlanFormat switch
        {
            "text" => new PlanText(style).Write,
            "json" => PlanJson.Write,
            "dot" => PlanDot.Write,
            _ => throw DiagnosticRules.InvalidArgument.Error($"`--format {arguments.PlanFormat}` is no format", hint: "use `text`, `json` or `dot`"),
        };
        if (EnterAsBuild(args, arguments, environment) is { } status)
            return status;
        NativeLibraries.Load();
        await using Composition composition = Composition.Create(arguments, environment, display.Open);
        await Console.Out.WriteAsync(write(await composition.ForeseeAsync(cancellationToken)));
        return 0;
    }

    private static async Task<int> ExplainCacheAsync(
        string[] args, BuildArguments arguments, Dictionary<string, string> environment, Display display, Style style, CancellationToken cancellationToken)
    {
        if (EnterAsBuild(args, arguments, environment) is { } status)
            return status;
        NativeLibraries.Load();
        await using Composition composition = Composition.Create(arguments, environment, display.Open);
        PlanOutlook outlook = await composition.ForeseeAsync(cancellationToken);
        await Console.Out.WriteAsync(new PlanText(style).WriteExplanation(outlook, await composition.ExplainAsync(outlook, cancellationToken)));
        return 0;
    }

    private static async Task<int> ExamineAsync(
        string[] args, BuildArguments arguments, Dictionary<string, string> environment, Style style, CancellationToken cancellationToken)
    {
        // What a build would do first, so that the answers are a build's.
        if (RootlessEntry.TryEnter(["kiln", .. args], [.. environment.Select(v => $"{v.Key}={v.Value}")]) is { } status)
            return status;
        string root = RootDirectory.Find(arguments.RootDirectory, environment);
        IReadOnlyList<RungFinding> findings = await new IsolationLadder(new SandboxOptions { RootDirectory = root }).ExamineAsync(cancellationToken);
        Console.Out.Write(DoctorText.Format(MachineExamination.Run(root), findings, style));
        return 0;
    }

    private static async Task<int> TransferAsync(
        BuildArguments arguments, Dictionary<string, string> environment, Display display, Func<TransferRun, Task<int>> carryOut)
    {
        NativeLibraries.Load();
        await using var run = new TransferRun(arguments, environment, display.Open(arguments));
        return await carryOut(run);
    }

    private static async Task<int> WarmAsync(BuildArguments arguments, Dictionary<string, string> environment, Display display, CancellationToken cancellationToken)
    {
        NativeLibraries.Load();
        await using var run = new WarmRun(arguments, environment, display.Open(arguments));
        return await run.RunAsync(cancellationToken);
    }

    private static async Task<int> LookAfterCacheAsync(
        BuildArguments arguments, Func<CacheRun, CancellationToken, Task<int>> carryOut, Dictionary<string, string> environment, CancellationToken cancellationToken)
    {
        NativeLibraries.Load();
        await using var run = new CacheRun(arguments, environment, Console.Out);
        return await carryOut(run, cancellationToken);
    }

    private static async Task<int> LoginAsync(
        BuildArguments arguments, string? host, Dictionary<string, string> environment, CancellationToken cancellationToken)
    {
        NativeLibraries.Load();
        await new LoginRun(environment, Console.In, Console.Error).LoginAsync(arguments, host, cancellationToken);
        return 0;
    }

    private static async Task<int> LogoutAsync(string? host, Dictionary<string, string> environment, CancellationToken cancellationToken)
    {
        await new LoginRun(environment, Console.In, Console.Error).LogoutAsync(host, cancellationToken);
        return 0;
    }

    private static async Task<int> ExplainAsync(
        BuildArguments arguments, string subject, Dictionary<string, string> environment, CancellationToken cancellationToken)
    {
        NativeLibraries.Load();
        return await new ExplainRun(environment, Console.Out).RunAsync(arguments, subject, cancellationToken) ? 0 : 1;
    }

    private static int Lint(BuildArguments arguments, IReadOnlyList<string> files, Dictionary<string, string> environment, Style style, Display display)
    {
        ILintFormat format = arguments.LintFormat switch
        {
            "text" => new TextLintFormat(style),
            "json" => new JsonLintFormat(),
            "sarif" => new SarifLintFormat(Composition.Version),
            _ => throw DiagnosticRules.InvalidArgument.Error($"`--format {arguments.LintFormat}` is no format", hint: "use `text`, `json` or `sarif`"),
        };
        IReadOnlyList<LintReport> reports = new LintRun(arguments, environment).Check(files);
        Console.Out.Write(format.Write(reports));
        Diagnostic? violation = PlanLint.Violation(reports.Where(report => report.FindingsAreErrors).SelectMany(report => report.Findings))?.Diagnostic;
        List<Diagnostic> errors = [.. reports.SelectMany(report => report.Errors)];
        if (violation is not null)
            errors.Add(violation);
        if (format is TextLintFormat)
            Console.Error.Write(LintSummary.Write(reports));
        if (errors.Count > 0)
            display.Fail(errors);
        return errors.Count > 0 ? 1 : 0;
    }

    private static Diagnostic Describe(Exception exception) => exception switch
    {
        BuildException known => known.Diagnostic,
        ErrnoException { Error: Errno.ENOSPC or Errno.EDQUOT } => DiagnosticRules.DiskFailed.At(null, exception.Message),
        ErrnoException or UnauthorizedAccessException => DiagnosticRules.MachineFailed.At(null, exception.Message),
        IOException => DiagnosticRules.DiskFailed.At(null, exception.Message),
        _ => DiagnosticRules.Bug.At(null, $"{exception.GetType().Name}: {exception.Message}\n{exception.StackTrace}"),
    };
}
