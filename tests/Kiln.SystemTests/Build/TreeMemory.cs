// SPDX-License-Identifier: Apache-2.0
namespace Kiln.SystemTests.Build;

/// <summary>The most memory that a process and all that descend from it held together, sampled: the sum of their resident sizes (proc(5), statm).</summary>
internal static class TreeMemory
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    /// <summary>Watches until the program ends. Result: bytes.</summary>
    public static async Task<long> WatchAsync(RunningProgram program, Task ended)
    {
        long most = 0;
        while (!ended.IsCompleted)
        {
            most = Math.Max(most, Tree(program.Id).Sum(Resident));
            await Task.WhenAny(ended, Task.Delay(Interval));
        }
        return most;
    }

    private static IEnumerable<int> Tree(int id) =>
        Tasks(id).SelectMany(task => Read($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(int.Parse).SelectMany(Tree).Prepend(id);

    private static string[] Tasks(int id)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{id}/task");
        }
        catch (IOException)
        {
            return []; // It has ended.
        }
    }

    private static long Resident(int id) => Read($"/proc/{id}/statm").Split(' ') is [_, { } pages, ..] ? long.Parse(pages) * Environment.SystemPageSize : 0;

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
