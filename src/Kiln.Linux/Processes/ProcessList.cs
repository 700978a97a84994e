// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.Linux.Files;

namespace Kiln.Linux.Processes;

/// <summary>The processes of this pid namespace, as `/proc` has them at the moment.</summary>
public static class ProcessList
{
    private const int GroupField = 2, SessionField = 3, TerminalField = 4; // of proc_pid_stat(5), counted behind the command's closing parenthesis: state, ppid, pgrp, session, tty_nr
    private const int PseudoTerminals = 136; // admin-guide/devices.txt

    public static IEnumerable<int> All()
    {
        foreach (string path in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                yield return id;
    }

    public static IEnumerable<int> InGroup(int group) => All().Where(id => FindGroup(id) == group);

    public static int? FindGroup(int id) => FindField(id, GroupField);

    public static int? FindSession(int id) => FindField(id, SessionField);

    /// <summary>Which pseudo-terminal controls a process, N of `/dev/pts/N`; null where none does.</summary>
    public static int? FindTerminal(int id) =>
        FindField(id, TerminalField) is { } packed && DeviceNumber.Unpack((uint)packed) is { Major: PseudoTerminals } device ? (int)device.Minor : null;

    private static int? FindField(int id, int field)
    {
        try
        {
            string text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return int.Parse(fields[field], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null; // it has ended meanwhile
        }
    }
}
