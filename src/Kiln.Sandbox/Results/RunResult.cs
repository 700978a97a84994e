// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Results;

/// <summary>How a `RUN` ended: <see cref="Exited"/>, <see cref="Signaled"/> or <see cref="NotStarted"/>.</summary>
public abstract record RunResult
{
    private protected RunResult()
    {
    }
}
