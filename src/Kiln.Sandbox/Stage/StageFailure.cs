// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;

namespace Kiln.Sandbox.Stage;

/// <summary>Why there is no program running.</summary>
/// <param name="Message">Complete for <see cref="FailureKind.Program"/> and the user's kinds; for a system call its own text.</param>
internal sealed record StageFailure(FailureKind Kind, string Message)
{
    /// <summary>The kernel's answer, where there was one.</summary>
    public Errno Error { get; init; }

    /// <summary>For <see cref="FailureKind.Program"/>: 126 or 127.</summary>
    public int ExitCode { get; init; }

    public static StageFailure Of(ErrnoException e) => new(FailureKind.SystemCall, e.Message) { Error = e.Error };
}
