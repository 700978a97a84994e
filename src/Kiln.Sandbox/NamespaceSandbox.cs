// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Linux;
using Kiln.Linux.Credentials;
using Kiln.Linux.Namespaces;
using Kiln.Linux.Processes;
using Kiln.Linux.Sockets;
using Kiln.Sandbox.Mounts;
using Kiln.Sandbox.Results;
using Kiln.Sandbox.Stage;
using Kiln.Sandbox.Supervision;

namespace Kiln.Sandbox;

/// <summary>Carries out `RUN` in namespaces of its own: when a step ends, its changed directory holds what the step changed.</summary>
public sealed class NamespaceSandbox : ISandbox
{
    private const NamespaceKinds Always = NamespaceKinds.User | NamespaceKinds.Mount | NamespaceKinds.ProcessId | NamespaceKinds.Ipc | NamespaceKinds.HostName;

    private readonly SandboxOptions _options;
    private readonly bool _overlay;
    private readonly bool _connects = !MetadataGuard.CanFilter() && Landlock.KnowsConnections && BorrowedSocket.IsPermitted();
    private readonly IdMaps _ids = IdMaps.Own();

    internal NamespaceSandbox(SandboxOptions options, bool overlay) => (_options, _overlay) = (options, overlay);

    public bool LendsSources => false;

    public string? FindRefusal(IReadOnlyList<UnixPath> targets, bool sharesSource) => null;

    public Task<RunResult> RunAsync(RunRequest request, OutputReceiver output, CancellationToken cancellationToken) =>
        StepThread.RunAsync(() => Run(request, output, cancellationToken));

    private RunResult Run(RunRequest request, OutputReceiver output, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        bool discards = request.Mounts.Any(mount => mount is BindMount { Access: BindAccess.Discard });
        using ScratchDirectory? scratch = discards && _overlay ? ScratchDirectory.Create(_options.RootDirectory) : null;
        StepOutcome outcome;
        try
        {
            outcome = Execute(new StageRequest(request, scratch?.Path), output, cancellationToken);
        }
        catch (ErrnoException e)
        {
            throw DiagnosticRules.SandboxSetupFailed.Error($"the sandbox could not be started: {e.Message}", inner: e);
        }
        cancellationToken.ThrowIfCancellationRequested();
        return outcome.ToResult();
    }

    /// <summary>Starts, follows and cleans up, whatever happens.</summary>
    internal StepOutcome Execute(StageRequest request, OutputReceiver output, CancellationToken cancellationToken)
    {
        NamespaceKinds namespaces = request.Run.Network == RunNetwork.None ? Always | NamespaceKinds.Network : Always;
        StepConnections? connections = request.Run.ShutsMetadata && _connects ? new StepConnections() : null;
        if (connections is not null)
            request = request with { Traps = request.Traps | MoreTraps.Connections };
        var metadata = new MetadataGuard(connections);
        using var answers = new NamespaceAnswers(metadata);
        using var supervisor = new Supervisor();
        using var step = StepProcess.Start(request, namespaces, supervisor.Socket, _options.RuntimeEnvironment);
        StepOutcome outcome;
        try
        {
            using (cancellationToken.Register(step.Kill))
            {
                supervisor.Serve(answers.Answer, connections);
                step.Release(_ids);
                ProcessExit exit = step.Follow(output, static () => { });
                outcome = new StepOutcome(exit, step.Report);
            }
        }
        finally
        {
            step.End();
            supervisor.End();
            StubCleaner.Clean(request.Run.Root.ChangedDirectory, step.Report?.Stubs ?? []);
        }
        bool open = request.Run.ShutsMetadata && !supervisor.HasServed;
        return outcome with { RefusedMetadata = metadata.Refused, MetadataOpen = open };
    }
}
