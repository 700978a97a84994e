// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Kiln.Sandbox.Guest.Identity;

/// <summary>`/proc/PID/limits` as a process of the step is to see it: without the number that it carries as a limit (<see cref="Kiln.Linux.Processes.InheritedNumber"/>).</summary>
internal static class LimitsText
{
    private const string Carrier = "Max file locks";

    /// <summary>The kernel's text with the limit as getrlimit(2) tells it.</summary>
    public static byte[] Rewrite(ReadOnlySpan<byte> real)
    {
        string text = Encoding.ASCII.GetString(real);
        int start = text.IndexOf(Carrier, StringComparison.Ordinal);
        int end = start < 0 ? -1 : text.IndexOf('\n', start);
        return Encoding.ASCII.GetBytes(end < 0 ? text : $"{text[..start]}{Carrier,-25} {"unlimited",-20} {"unlimited",-20} {"locks",-10}{text[end..]}");
    }
}
