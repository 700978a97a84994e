// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Linux;
using Kiln.Linux.Namespaces;
using Kiln.Linux.Processes;
using Kiln.Sandbox.Mounts;
using Kiln.Sandbox.Results;
using Kiln.Sandbox.Stage;

namespace Kiln.Sandbox;

/// <summary>
/// Carries out `RUN` in namespaces of its own. Steps may run at the same time. When a step ends, by itself or by cancellation, no process, mount or file of the sandbox
/// is left: its changed directory holds what the step changed.
/// </summary>
public sealed class NamespaceSandbox
{
    private readonly SandboxOptions _options;
    private readonly bool _overlay;
    private readonly IdMaps _ids = IdMaps.Own();

    internal NamespaceSandbox(SandboxOptions options, bool overlay) => (_options, _overlay) = (options, overlay);

    /// <summary>
    /// Runs a step to its end. A <see cref="BuildException"/> is thrown where the sandbox could not be set up or the user is not there; a program that
    /// is not there is a result.
    /// </summary>
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
        return outcome.Report?.Failure is { } failure ? Failed(failure)
            : outcome.Report is null ? throw DiagnosticRules.SandboxSetupFailed.Error($"the sandbox's second stage ended with status {outcome.Exit.ShellStatus} and no word")
            : outcome.Exit.Signal != 0 ? new Signaled(outcome.Exit.Signal)
            : new Exited(outcome.Exit.Code);
    }

    /// <summary>Starts, follows and cleans up, whatever happens.</summary>
    internal StepOutcome Execute(StageRequest request, OutputReceiver output, CancellationToken cancellationToken)
    {
        using var step = StepProcess.Start(request, _options.RuntimeEnvironment);
        try
        {
            using (cancellationToken.Register(step.Kill))
            {
                step.Release(_ids);
                ProcessExit exit = step.Follow(output);
                return new StepOutcome(exit, step.Report);
            }
        }
        finally
        {
            step.End();
            StubCleaner.Clean(request.Run.Root.ChangedDirectory, step.Report?.Stubs ?? []);
        }
    }

    private static NotStarted Failed(StageFailure failure) => failure.Kind switch
    {
        FailureKind.Program => new NotStarted(failure.ExitCode, failure.Message),
        FailureKind.UnknownUser => throw DiagnosticRules.UnknownUser.Error(failure.Message),
        FailureKind.UserNotMapped => throw DiagnosticRules.UserNotMapped.Error(failure.Message,
            hint: "give the builder's user ranges in /etc/subuid and /etc/subgid, with newuidmap installed, or run the builder as root"),
        FailureKind.SystemCall => throw DiagnosticRules.SandboxSetupFailed.Error($"the sandbox could not be set up: {failure.Message}"),
    };
}
