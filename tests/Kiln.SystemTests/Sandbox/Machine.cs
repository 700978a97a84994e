// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Namespaces;

namespace Kiln.SystemTests.Sandbox;

/// <summary>What the tests need to know of where they run.</summary>
internal static class Machine
{
    /// <summary>Whether `USER` can be another than root: the tests' namespace has more than one id.</summary>
    public static bool HasUsers { get; } = IdMaps.Own().Users.Contains(1000);

    /// <summary>The id of a process with exactly these arguments.</summary>
    public static int? FindProcess(params ReadOnlySpan<string> arguments)
    {
        string wanted = string.Concat(arguments.ToArray().Select(argument => argument + '\0'));
        foreach (string process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(path[^1])))
            if (CommandLine(process) == wanted)
                return int.Parse(Path.GetFileName(process));
        return null;
    }

    /// <summary>The process group of a process.</summary>
    public static int ProcessGroup(int process) => int.Parse(File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ')[2]);

    /// <summary>Stops the world as often as a busy builder would, and more.</summary>
    public static async Task KeepCollectingAsync(CancellationToken until)
    {
        while (!until.IsCancellationRequested)
        {
            GC.Collect(0);
            await Task.Delay(1, CancellationToken.None);
        }
    }

    private static string? CommandLine(string process)
    {
        try
        {
            return File.ReadAllText($"{process}/cmdline");
        }
        catch (IOException)
        {
            return null; // it has ended meanwhile
        }
    }
}
