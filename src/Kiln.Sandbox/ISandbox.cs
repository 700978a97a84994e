// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Linux;
using Kiln.Sandbox.Results;

namespace Kiln.Sandbox;

/// <summary>Carries out `RUN`. Steps may run at the same time. When one ends, by itself or by cancellation, no process, mount or file of the sandbox is left.</summary>
public interface ISandbox
{
    /// <summary>Whether the sources of mounts are moved into a step's tree for its time: nobody else finds them meanwhile, and they can be at one place only.</summary>
    bool LendsSources { get; }

    /// <summary>What this sandbox cannot do that a step asks for, as the end of a sentence; null where it can do all of it.</summary>
    /// <param name="targets">Where it wants mounts, as far as can be said without the image's links.</param>
    /// <param name="sharesSource">Whether it wants the same source at two places.</param>
    string? FindRefusal(IReadOnlyList<UnixPath> targets, bool sharesSource);

    /// <summary>
    /// Runs a step to its end. A <see cref="BuildException"/> is thrown where the sandbox could not be set up or the user is not there; a program that
    /// is not there is a result.
    /// </summary>
    Task<RunResult> RunAsync(RunRequest request, OutputReceiver output, CancellationToken cancellationToken);
}
