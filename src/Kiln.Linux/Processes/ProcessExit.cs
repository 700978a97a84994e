// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Linux.Processes;

/// <summary>How a process ended: by itself with a code, or by a signal. One of the two is 0.</summary>
public readonly record struct ProcessExit(int Code, int Signal)
{
    /// <summary>As a shell's `$?` tells it.</summary>
    public int ShellStatus => Signal != 0 ? 128 + Signal : Code;
}
