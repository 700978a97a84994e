// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;

namespace Kiln.Linux.Terminals;

/// <summary>How many characters a terminal shows. Neither is zero.</summary>
public readonly record struct TerminalSize(int Columns, int Rows)
{
    private const int StandardError = 2;

    /// <summary>
    /// Of the terminal at the error stream, as it is now; null where there is none, or none that knows. The runtime's own console would do more than ask: it takes
    /// over the terminal's settings and SIGCHLD.
    /// </summary>
    public static unsafe TerminalSize? OfStandardError()
    {
        Libc.WindowSize size;
        return Libc.Ioctl(StandardError, Libc.TIOCGWINSZ, &size) == 0 && size is { Rows: > 0, Columns: > 0 } ? new TerminalSize(size.Columns, size.Rows) : null;
    }
}
