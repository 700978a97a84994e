// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Text;
using Kiln.Sandbox.Supervision.Ownership;

namespace Kiln.Sandbox.Guest.Identity;

/// <summary>`/proc/PID/status` as a process of the step is to see it, proc_pid_status(5): with what processes believe of themselves, and without our filter.</summary>
internal static class StatusText
{
    /// <summary>The kernel's text with the lines changed that tell of what is believed. Lines that an older kernel has not are not added.</summary>
    public static byte[] Rewrite(ReadOnlySpan<byte> real, GuestCredentials credentials, int umask)
    {
        var text = new ArrayBufferWriter<byte>(real.Length + 256);
        foreach (Range range in real.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = real[range];
            int colon = line.IndexOf((byte)':');
            if (colon > 0 && Find(line[..colon], credentials, umask) is { } value)
            {
                text.Write(line[..(colon + 1)]);
                text.Write("\t"u8);
                text.Write(Encoding.ASCII.GetBytes(value));
            }
            else
            {
                text.Write(line);
            }
            if (range.End.Value < real.Length)
                text.Write("\n"u8);
        }
        return text.WrittenSpan.ToArray();
    }

    private static string? Find(ReadOnlySpan<byte> name, GuestCredentials credentials, int umask) => Encoding.ASCII.GetString(name) switch
    {
        "Umask" => Convert.ToString(umask, 8).PadLeft(4, '0'),
        "Uid" => Text(credentials.Users),
        "Gid" => Text(credentials.Groups),
        "Groups" => string.Join(' ', credentials.SupplementaryGroups) + " ", // as the kernel ends the line
        "CapInh" => Text(credentials.Capabilities.Inheritable),
        "CapPrm" => Text(credentials.Capabilities.Permitted),
        "CapEff" => Text(credentials.Capabilities.Effective),
        "CapBnd" => Text(credentials.Capabilities.Bounding),
        "CapAmb" => Text(credentials.Capabilities.Ambient),
        "NoNewPrivs" => credentials.HasNoNewPrivileges ? "1" : "0",
        "Seccomp" or "Seccomp_filters" or "TracerPid" => "0",
        _ => null,
    };

    private static string Text(RecordedIds ids) => string.Create(CultureInfo.InvariantCulture, $"{ids.Real}\t{ids.Effective}\t{ids.Saved}\t{ids.File}");

    private static string Text(ulong set) => set.ToString("x16", CultureInfo.InvariantCulture);
}
