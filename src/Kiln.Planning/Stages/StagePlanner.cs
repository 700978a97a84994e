// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Diagnostics;
using Kiln.Dockerfile.Expansion;
using Kiln.Dockerfile.Instructions;
using Kiln.Oci;
using Kiln.Planning.Lint;
using Kiln.Planning.Steps;

namespace Kiln.Planning.Stages;

/// <summary>
/// Turns the instructions of one stage into steps, in order: expands, checks, changes the configuration, writes the history's texts. It knows
/// all values and touches no file. `RUN`, `COPY` and `ADD` are in the partials of that name.
/// </summary>
internal sealed partial class StagePlanner : IInstructionVisitor<BuildStep?>
{
    /// <summary>Arguments that speak to BuildKit's scanner and that no command gets to see.</summary>
    private static readonly string[] NoVariables = ["BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"];

    private readonly PlanOptions _options;
    private readonly StageGraph _graph;
    private readonly GlobalScope _globals;
    private readonly StageNode _node;
    private readonly StageState _state;
    private readonly StageLint _lint;
    private readonly WordExpander _expander;

    internal StagePlanner(
        PlanOptions options, StageGraph graph, GlobalScope globals, StageNode node, StageState state, StageLint lint, char escape)
    {
        (_options, _graph, _globals, _node, _state, _lint) = (options, graph, globals, node, state, lint);
        _expander = new WordExpander(escape);
    }

    /// <summary>
    /// Goes on after an instruction that is wrong, so that all that is wrong in a stage is said at once; but not after one that says what
    /// a variable is, for what is below may be wrong for no other reason.
    /// </summary>
    internal ImmutableArray<BuildStep> Run()
    {
        var errors = new DiagnosticList();
        var steps = new List<BuildStep?>();
        foreach (Instruction instruction in _node.Instructions)
        {
            int before = errors.Count;
            steps.Add(errors.Try(() => instruction.Accept(this)));
            if (errors.Count > before && instruction is ArgInstruction or EnvInstruction)
                break;
        }
        errors.ThrowIfAny();
        return [.. steps.OfType<BuildStep>()];
    }

    public BuildStep? VisitFrom(FromInstruction instruction) =>
        throw new System.Diagnostics.UnreachableException("FROM begins a stage, it does not stand in one");

    public BuildStep? VisitArg(ArgInstruction instruction)
    {
        _lint.SeeArg(instruction);
        var resolved = new List<KeyValuePair<string, string?>>();
        foreach (ArgDeclaration declaration in instruction.Declarations)
        {
            string? value = _options.FindBuildArg(declaration.Name)
                ?? (declaration.Default is { } text ? Expand(text, instruction) : _globals.Find(declaration.Name));
            _state.DeclareArg(declaration.Name, NoVariables.Contains(declaration.Name) ? null : value);
            resolved.Add(new(declaration.Name, value));
        }
        return Metadata(instruction, HistoryText.Args(resolved));
    }

    public BuildStep? VisitEnv(EnvInstruction instruction)
    {
        // All pairs see the environment as it was before the instruction.
        var pairs = instruction.Pairs.Select(p => KeyValuePair.Create(Expand(p.Name, instruction), Expand(p.Value, instruction))).ToList();
        _lint.SeeEnv(instruction, pairs.Select(p => p.Key));
        foreach ((string name, string value) in pairs)
            _state.SetEnvironment(name, value);
        return Metadata(instruction, HistoryText.Pairs("ENV", pairs));
    }

    public BuildStep? VisitLabel(LabelInstruction instruction)
    {
        _lint.SeeLabel(instruction);
        var pairs = instruction.Pairs.Select(p => KeyValuePair.Create(Expand(p.Name, instruction), Expand(p.Value, instruction))).ToList();
        _state.Config = _state.Config with { Labels = _state.Config.Labels.SetItems(pairs) };
        return Metadata(instruction, HistoryText.Pairs("LABEL", pairs));
    }

    public BuildStep? VisitMaintainer(MaintainerInstruction instruction)
    {
        _state.Image = _state.Image with { Author = instruction.Author };
        return Metadata(instruction, $"MAINTAINER {instruction.Author}");
    }

    public BuildStep? VisitUser(UserInstruction instruction)
    {
        string user = Expand(instruction.User, instruction);
        _state.Config = _state.Config with { User = user };
        return Metadata(instruction, $"USER {user}");
    }

    public BuildStep? VisitWorkdir(WorkdirInstruction instruction)
    {
        string path = Expand(instruction.Path, instruction);
        _lint.SeeWorkdir(instruction, path);
        // An absolute path is kept as it was written; a relative one is joined and cleaned.
        path = path.StartsWith('/') ? path : AbsolutePath.Join(_state.WorkingDirectory, path);
        _state.Config = _state.Config with { WorkingDir = path };
        if (path == "/")
            return Metadata(instruction, "WORKDIR /");
        return new WorkdirStep
        {
            Span = instruction.Span,
            Title = TitleOf(instruction),
            CreatedBy = $"WORKDIR {path}",
            Path = path,
            User = _state.User,
        };
    }

    public BuildStep? VisitCmd(CmdInstruction instruction)
    {
        _lint.SeeCommand(instruction, instruction.Command);
        IReadOnlyList<string> command = CommandOf(instruction.Command);
        _state.Config = _state.Config with { Cmd = command, ArgsEscaped = true };
        _state.CommandIsOwn = true;
        return Metadata(instruction, HistoryText.Command("CMD", command));
    }

    public BuildStep? VisitEntrypoint(EntrypointInstruction instruction)
    {
        _lint.SeeCommand(instruction, instruction.Command);
        IReadOnlyList<string> command = CommandOf(instruction.Command);
        _state.Config = _state.Config with { Entrypoint = command, Cmd = _state.CommandIsOwn ? _state.Config.Cmd : [] };
        return Metadata(instruction, HistoryText.Command("ENTRYPOINT", command));
    }

    public BuildStep? VisitShell(ShellInstruction instruction)
    {
        _state.Config = _state.Config with { Shell = instruction.Arguments };
        return Metadata(instruction, HistoryText.List("SHELL", instruction.Arguments));
    }

    public BuildStep? VisitExpose(ExposeInstruction instruction)
    {
        List<(string Text, SourceSpan Span)> words = [.. instruction.Ports
            .Select(p => (Word: p, Span: instruction.Origin.SpanOf(p)))
            .SelectMany(p => _expander.ExpandWords(p.Word, _state.Scope.Find, p.Span).Select(word => (word, p.Span)))];
        words.ForEach(word => _lint.SeePort(instruction, word.Text));
        List<string> ports = [.. words.SelectMany(word => PortList.Parse(word.Text, word.Span))];
        _state.Config = _state.Config with { ExposedPorts = _state.Config.ExposedPorts.Union(ports) };
        return Metadata(instruction, HistoryText.List("EXPOSE", ports));
    }

    public BuildStep? VisitVolume(VolumeInstruction instruction)
    {
        List<string> paths = [.. instruction.Paths.Select(p => Expand(p, instruction))];
        if (paths.IndexOf("") is >= 0 and var empty)
            throw DiagnosticRules.EmptyVolume.Error(
                "VOLUME specified can not be an empty string", instruction.Origin.SpanOf(instruction.Paths[empty]));
        _state.Config = _state.Config with { Volumes = _state.Config.Volumes.Union(paths) };
        return Metadata(instruction, HistoryText.List("VOLUME", paths));
    }

    public BuildStep? VisitStopsignal(StopsignalInstruction instruction)
    {
        string signal = Expand(instruction.Signal, instruction);
        if (!StopSignals.IsKnown(signal))
            throw DiagnosticRules.InvalidSignal.Error(
                $"invalid signal: {signal}", instruction.Origin.SpanOf(instruction.Signal), StopSignals.FindMeant(signal) is { } meant ? $"write `{meant}`" : null);
        _state.Config = _state.Config with { StopSignal = signal };
        return Metadata(instruction, $"STOPSIGNAL {signal}");
    }

    public BuildStep? VisitHealthcheck(HealthcheckInstruction instruction)
    {
        _lint.SeeOnce(instruction);
        HealthcheckTiming timing = instruction.Timing;
        _state.Config = _state.Config with
        {
            Healthcheck = new HealthcheckConfig
            {
                Test = instruction.Test,
                IntervalNanoseconds = timing.Interval,
                TimeoutNanoseconds = timing.Timeout,
                StartPeriodNanoseconds = timing.StartPeriod,
                StartIntervalNanoseconds = timing.StartInterval,
                Retries = timing.Retries,
            },
        };
        return Metadata(instruction, HistoryText.Healthcheck(instruction.Test, timing));
    }

    /// <summary>The trigger is kept for the children; there is no history entry of it.</summary>
    public BuildStep? VisitOnbuild(OnbuildInstruction instruction)
    {
        _state.Config = _state.Config with { OnBuild = [.. _state.Config.OnBuild, instruction.Trigger] };
        return null;
    }

    private string Expand(string word, Instruction instruction) =>
        Seen(_expander.Expand(word, _state.Scope.Find, instruction.Origin.SpanOf(word)), instruction);

    private string Seen(ExpandedWord word, Instruction instruction)
    {
        _lint.SeeWord(instruction, word);
        return word.Text;
    }

    private IReadOnlyList<string> CommandOf(CommandLine command) => command switch
    {
        ShellCommandLine shell => [.. Shell, shell.Text],
        ExecCommandLine exec => exec.Arguments,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private IReadOnlyList<string> Shell => _state.Config.Shell is { Count: > 0 } shell ? shell : ["/bin/sh", "-c"];

    private bool IsKaniko => _options.Compatibility == Compatibility.Kaniko;

    private static MetadataStep Metadata(Instruction instruction, string createdBy) =>
        new() { Span = instruction.Span, Title = TitleOf(instruction), CreatedBy = createdBy };

    private static string TitleOf(Instruction instruction) => instruction.Origin.Text.Trim();
}
