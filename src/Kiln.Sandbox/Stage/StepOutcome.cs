// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Linux.Processes;
using Kiln.Sandbox.Results;

namespace Kiln.Sandbox.Stage;

/// <summary>How a step's first process ended, and what the second stage said last; null where it said nothing.</summary>
internal sealed record StepOutcome(ProcessExit Exit, StageReport? Report)
{
    /// <summary>What it means for the build; a sandbox that could not be set up is an error.</summary>
    public RunResult ToResult() =>
        Report?.Failure is { } failure ? Failed(failure)
        : Report is null ? throw DiagnosticRules.SandboxSetupFailed.Error($"the sandbox's second stage ended with status {Exit.ShellStatus} and no word")
        : Exit.Signal != 0 ? new Signaled(Exit.Signal)
        : new Exited(Exit.Code);

    /// <summary>For a probe whose program is no program: null where everything before it worked, otherwise what did not.</summary>
    public string? WhyNotReached() => Report?.Failure switch
    {
        { Kind: FailureKind.Program, Error: Linux.Errno.ENOEXEC } => null,
        { } failure => failure.Message,
        null => $"the second stage ended with status {Exit.ShellStatus}",
    };

    private static NotStarted Failed(StageFailure failure) => failure.Kind switch
    {
        FailureKind.Program => new NotStarted(failure.ExitCode, failure.Message),
        FailureKind.UnknownUser => throw DiagnosticRules.UnknownUser.Error(failure.Message),
        FailureKind.UserNotMapped => throw DiagnosticRules.UserNotMapped.Error(failure.Message,
            hint: "give the builder's user ranges in /etc/subuid and /etc/subgid, with newuidmap installed, or run the builder as root"),
        FailureKind.SystemCall => throw DiagnosticRules.SandboxSetupFailed.Error($"the sandbox could not be set up: {failure.Message}"),
    };
}
