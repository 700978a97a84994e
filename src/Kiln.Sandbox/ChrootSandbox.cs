// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Linux;
using Kiln.Linux.Namespaces;
using Kiln.Linux.Processes;
using Kiln.Sandbox.Chroot;
using Kiln.Sandbox.Results;
using Kiln.Sandbox.Roots;
using Kiln.Sandbox.Stage;
using Kiln.Sandbox.Supervision;

namespace Kiln.Sandbox;

/// <summary>
/// Carries out `RUN` in a changed root and nothing else of its own: for root in an ordinary container, whose runtime permits neither namespaces nor
/// mounts. The merged tree holds what the step changed, and nothing of what it was lent.
/// </summary>
public sealed class ChrootSandbox : ISandbox
{
    private readonly SandboxOptions _options;
    private readonly RunningSteps _steps = new();

    internal ChrootSandbox(SandboxOptions options)
    {
        _options = options;
        ProcessAttributes.ForbidInspection();
    }

    public bool LendsSources => true;

    public string? FindRefusal(IReadOnlyList<UnixPath> targets, bool sharesSource) => FindRefusalOf(targets, sharesSource);

    /// <summary>What no sandbox can do that lends what it cannot mount, on whatever machine.</summary>
    public static string? FindRefusalOf(IReadOnlyList<UnixPath> targets, bool sharesSource) =>
        targets.Any(CoveredTree.IsServed) ? "has no mounts at `/`, and none below `/proc` and `/sys`"
        : sharesSource ? "has one cache at one place only"
        : null;

    public Task<RunResult> RunAsync(RunRequest request, OutputReceiver output, CancellationToken cancellationToken) =>
        StepThread.RunAsync(() => Run(request, output, cancellationToken));

    private RunResult Run(RunRequest request, OutputReceiver output, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        StepOutcome outcome;
        try
        {
            outcome = Execute(request, output, cancellationToken);
        }
        catch (ErrnoException e)
        {
            throw DiagnosticRules.SandboxSetupFailed.Error($"the sandbox could not be started: {e.Message}", inner: e);
        }
        cancellationToken.ThrowIfCancellationRequested();
        return outcome.ToResult();
    }

    /// <summary>Starts, follows and cleans up, whatever happens.</summary>
    internal StepOutcome Execute(RunRequest request, OutputReceiver output, CancellationToken cancellationToken)
    {
        string tree = ((MergedRoot)request.Root).Tree;
        using var covered = CoveredTree.Cover(tree, _options.RootDirectory, request.Mounts);
        using var supervisor = new Supervisor();
        using var step = StepProcess.Start(
            new StageRequest(request with { Mounts = [] }, Scratch: null, IsolationRung.Chroot, covered.Traps), NamespaceKinds.None, supervisor.Socket, _options.RuntimeEnvironment);
        _steps.Add(step.ProcessId);
        var metadata = new MetadataGuard(connections: null);
        using var answers = new ChrootAnswers(tree, step.ProcessId, request, covered, metadata);
        StepOutcome outcome;
        try
        {
            using (cancellationToken.Register(step.Kill))
            {
                supervisor.Serve(answers.Answer);
                step.Release();
                ProcessExit exit = step.Follow(output, _steps.EndOrphans);
                outcome = new StepOutcome(exit, step.Report);
            }
        }
        finally
        {
            step.End();
            _steps.EndOrphans();
            _steps.Remove(step.ProcessId);
            supervisor.End();
        }
        return outcome with { RefusedMetadata = metadata.Refused, Moved = covered.Moved };
    }
}
