// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Stage;

/// <summary>Ends the second stage with a failure that is no system call's.</summary>
internal sealed class StageException(StageFailure failure) : Exception(failure.Message)
{
    public StageFailure Failure { get; } = failure;
}
