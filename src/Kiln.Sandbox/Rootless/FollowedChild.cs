// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Kiln.Linux.Processes;

namespace Kiln.Sandbox.Rootless;

/// <summary>The program that was started once more and does all the work: what asks this process to stop goes on to it, and this one ends as it does.</summary>
internal static class FollowedChild
{
    private static readonly (PosixSignal Signal, int Number)[] Forwarded =
        [(PosixSignal.SIGHUP, 1), (PosixSignal.SIGINT, 2), (PosixSignal.SIGQUIT, 3), (PosixSignal.SIGTERM, 15)];

    /// <summary>Lets it begin, and waits for its end. Result: the status to exit with.</summary>
    internal static int Run(ChildProcess child, Func<ProcessExit> wait)
    {
        PosixSignalRegistration[] registrations = [.. Forwarded.Select(forwarded => PosixSignalRegistration.Create(forwarded.Signal, context =>
        {
            context.Cancel = true;
            child.Signal(forwarded.Number);
        }))];
        child.Release();
        int status = wait().ShellStatus;
        foreach (PosixSignalRegistration registration in registrations)
            registration.Dispose();
        return status;
    }
}
