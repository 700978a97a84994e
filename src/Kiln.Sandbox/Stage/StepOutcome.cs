// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Linux.Files;
using Kiln.Linux.Processes;
using Kiln.Sandbox.Results;

namespace Kiln.Sandbox.Stage;

/// <summary>How a step's first process ended, and what the second stage said last; null where it said nothing.</summary>
internal sealed record StepOutcome(ProcessExit Exit, StageReport? Report)
{
    /// <summary>Where the step asked for cloud metadata and was refused; null where it did not.</summary>
    public string? RefusedMetadata { get; init; }

    /// <summary>Whether cloud metadata should have been shut and could not be.</summary>
    public bool MetadataOpen { get; init; }

    /// <summary>What of the tree was moved aside and came back; null where nothing is.</summary>
    public MovedFiles? Moved { get; init; }

    /// <summary>What it means for the build; a sandbox that could not be set up is an error.</summary>
    public RunResult ToResult() => Judge() with { RefusedMetadata = RefusedMetadata, MetadataOpen = MetadataOpen, Moved = Moved };

    /// <summary>For a probe whose program is no program: null where everything before it worked, otherwise what did not.</summary>
    public string? WhyNotReached() => Report?.Failure switch
    {
        { Kind: FailureKind.Program, Error: Linux.Errno.ENOEXEC } => null,
        { } failure => failure.Message,
        null => $"the second stage ended with status {Exit.ShellStatus}",
    };

    private RunResult Judge() =>
        Report?.Failure is { } failure ? Failed(failure)
        : Report is null ? throw DiagnosticRules.SandboxSetupFailed.Error($"the sandbox's second stage ended with status {Exit.ShellStatus} and no word")
        : Exit.Signal != 0 ? new Signaled(Exit.Signal)
        : new Exited(Exit.Code);

    private static NotStarted Failed(StageFailure failure) => failure.Kind switch
    {
        FailureKind.Program => new NotStarted(failure.ExitCode, failure.Message),
        FailureKind.UnknownUser => throw DiagnosticRules.UnknownUser.Error(failure.Message),
        FailureKind.UserNotMapped => throw DiagnosticRules.UserNotMapped.Error(failure.Message,
            hint: "give the builder's user ranges in /etc/subuid and /etc/subgid, with newuidmap installed, or run the builder as root"),
        FailureKind.SystemCall => throw DiagnosticRules.SandboxSetupFailed.Error($"the sandbox could not be set up: {failure.Message}"),
    };
}
