// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;

namespace Kiln.Linux.Processes;

/// <summary>Signals to processes by their number, kill(2).</summary>
public static class Signals
{
    public const int Kill = Libc.SIGKILL;

    /// <summary>False where there is no such process, or it is not ours to signal.</summary>
    public static bool TrySend(int process, int signal) => process > 0 && Libc.Kill(process, signal) == 0;
}
