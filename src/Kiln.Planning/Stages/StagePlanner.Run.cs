// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using Kiln.Diagnostics;
using Kiln.Dockerfile.Instructions;
using Kiln.Planning.Sources;
using Kiln.Planning.Steps;

namespace Kiln.Planning.Stages;

/// <content>`RUN` and its mounts.</content>
internal sealed partial class StagePlanner
{
    /// <summary>Build arguments that reach `RUN` without an `ARG`, in any case of their letters.</summary>
    internal static readonly string[] ProxyArgs = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"];

    public BuildStep? VisitRun(RunInstruction instruction)
    {
        Refuse(instruction);
        (string Path, string Content)? script = null;
        IReadOnlyList<string> command;
        if (instruction.Command is ExecCommandLine exec)
        {
            command = exec.Arguments;
            if (command.Count == 0)
                throw DiagnosticRules.EmptyCommand.Error("arguments are required", instruction.Origin.ArgumentsSpan);
        }
        else
        {
            string text = instruction.ShellText!;
            if (instruction.Script is { } heredoc && text.StartsWith("#!", StringComparison.Ordinal))
            {
                script = ($"/dev/pipes/{heredoc.Name}", text);
                text = script.Value.Path;
            }
            command = [.. Shell, text];
        }
        string user = IsKaniko ? _state.User.Split(':')[0] : _state.User;
        return new RunStep
        {
            Span = instruction.Span,
            Title = TitleOf(instruction),
            CreatedBy = HistoryText.Run([.. _state.Args.Select(a => KeyValuePair.Create(a, _state.Scope.Find(a)))], command),
            Arguments = [.. command],
            Environment = [.. _state.Scope.All.Select(v => $"{v.Key}={v.Value}")],
            Proxies = [.. Proxies()],
            WorkingDirectory = _state.WorkingDirectory,
            User = user,
            NumbersAreGroups = IsKaniko && uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out uint id) && id > 0,
            Network = instruction.Network,
            Mounts = PlaceAgents(instruction.Mounts.Select(m => Mount(m, instruction))),
            Script = script,
        };
    }

    private static void Refuse(RunInstruction instruction)
    {
        if (instruction.Security != RunSecurity.Sandbox)
            throw DiagnosticRules.NotSupported.Error(
                "`RUN --security=insecure` is refused: a step never gets more rights than the builder's sandbox gives",
                instruction.Origin.SpanOf("insecure"),
                "remove the flag");
        if (instruction.Devices.Count > 0)
            throw DiagnosticRules.NotSupported.Error(
                "`RUN --device` is refused: a step sees no devices of the machine", instruction.Origin.SpanOf(instruction.Devices[0]), "remove the flag");
    }

    /// <summary>Both spellings, behind everything else, so that they beat a variable of the same name; the last of several casings counts.</summary>
    private IEnumerable<string> Proxies()
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var group in _options.BuildArgs
            .Where(a => ProxyArgs.Contains(a.Key.ToUpperInvariant()) && a.Value.Length > 0)
            .OrderBy(a => a.Key, StringComparer.Ordinal)
            .GroupBy(a => a.Key.ToUpperInvariant()))
        {
            values[group.Key] = group.Last().Value;
            values[group.Key.ToLowerInvariant()] = group.Last().Value;
        }
        return values.Select(v => $"{v.Key}={v.Value}");
    }

    private StepMount Mount(RunMount mount, RunInstruction instruction)
    {
        MountOptions options = RunMountParser.Parse(mount.Csv, v => Seen(_expander.Expand(v, _state.Scope.Find, mount.Span), instruction), mount.Span);
        string? target = options.Target is null ? null : AbsolutePath.Join(options.Target.StartsWith('/') ? "/" : _state.WorkingDirectory, options.Target);
        if (target == "/" && options.Type != MountType.Secret)
            throw InvalidTarget(mount);
        SourceReference? from = options.From is null ? null : _graph.ResolveMountFrom(mount);
        if (from is not null && _graph.FindLaterStage(from, _node) is { } later)
            throw DiagnosticRules.StageNotYetDefined.Error(
                $"cannot mount from stage \"{later.Name}\" to \"{target}\", stage needs to be defined before current command", mount.Span.Find(mount.From!));
        var plain = new StepMount { Type = options.Type, Target = target, Span = mount.Span, ReadOnly = options.ReadOnly };
        return options.Type switch
        {
            MountType.Bind => plain with
            {
                Target = target ?? NotRoot(_state.WorkingDirectory, mount),
                From = from ?? ContextSource.Instance,
                Source = AbsolutePath.Join("/", options.Source ?? ""),
            },
            MountType.Cache => plain with
            {
                Target = target ?? NotRoot(_state.WorkingDirectory, mount),
                Id = options.Id ?? target ?? _state.WorkingDirectory,
                From = from,
                Source = AbsolutePath.Join("/", options.Source ?? ""),
                Sharing = options.Sharing,
                Mode = (int)(options.Mode ?? 0x1ED),
                Uid = options.UserId ?? 0,
                Gid = options.GroupId ?? 0,
            },
            MountType.Tmpfs => plain with { Target = target ?? NotRoot(_state.WorkingDirectory, mount), Size = options.Size },
            MountType.Secret => Secret(plain, options, mount),
            MountType.Ssh => plain with
            {
                Id = options.Id ?? "default",
                Required = options.Required,
                Mode = (int)(options.Mode ?? 0x180), // 0600
                Uid = options.UserId ?? 0,
                Gid = options.GroupId ?? 0,
            },
        };
    }

    /// <summary>BuildKit: an agent without a target gets a socket that is numbered among the step's agents.</summary>
    private static ImmutableArray<StepMount> PlaceAgents(IEnumerable<StepMount> mounts)
    {
        int agents = 0;
        return [.. mounts.Select(m => m.Type == MountType.Ssh ? PlaceAgent(m, agents++) : m)];
    }

    private static StepMount PlaceAgent(StepMount agent, int number) => agent with { Target = agent.Target ?? $"/run/buildkit/ssh_agent.{number}" };

    private static StepMount Secret(StepMount plain, MountOptions options, RunMount mount)
    {
        string id = options.Source ?? options.Id ?? options.Target?.Split('/')[^1]
            ?? throw DiagnosticRules.InvalidMountTarget.Error("invalid secret mount. one of source, target required", mount.Span);
        return plain with
        {
            Target = plain.Target ?? (options.Environment is null ? $"/run/secrets/{id.Split('/')[^1]}" : null),
            Id = id,
            Required = options.Required,
            Variable = options.Environment,
            Mode = (int)(options.Mode ?? 0x100),
            Uid = options.UserId ?? 0,
            Gid = options.GroupId ?? 0,
        };
    }

    private static string NotRoot(string path, RunMount mount) => AbsolutePath.Join("/", path) is not "/" and var clean ? clean : throw InvalidTarget(mount);

    private static BuildException InvalidTarget(RunMount mount) =>
        DiagnosticRules.InvalidMountTarget.Error("invalid mount target \"/\"", mount.Span);
}
