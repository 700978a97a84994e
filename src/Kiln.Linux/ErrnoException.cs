// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Kiln.Linux;

/// <summary>A system call failed. The message names the call, the path and the error: `openat2(etc/passwd): ELOOP`.</summary>
public sealed class ErrnoException : IOException
{
    public ErrnoException(string call, Errno error, string? subject = null)
        : base($"{call}({subject}): {(Enum.IsDefined(error) ? error.ToString() : $"errno {(int)error}")}: {Marshal.GetPInvokeErrorMessage((int)error)}")
    {
        Call = call;
        Error = error;
        Subject = subject;
    }

    public string Call { get; }

    public Errno Error { get; }

    /// <summary>What it was done to, mostly a path.</summary>
    public string? Subject { get; }

    /// <summary>The failure of the call that this thread made last.</summary>
    internal static ErrnoException Last(string call, string? subject = null) => new(call, (Errno)Marshal.GetLastPInvokeError(), subject);
}
