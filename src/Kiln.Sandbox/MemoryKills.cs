// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Kiln.Sandbox;

/// <summary>
/// How many processes the kernel has killed for want of memory in the builder's control group, which its steps are in too: cgroups(7), version 2 (`memory.events`) and 1
/// (`memory.oom_control`). A step during which the number rose lost a process that way.
/// </summary>
/// <param name="Count">Since the group was made; null where the machine does not tell.</param>
/// <param name="Limit">What the group may use, in bytes; null where there is no limit or it is not told.</param>
public sealed record MemoryKills(long? Count, long? Limit)
{
    private const string Mounted = "/sys/fs/cgroup";

    /// <summary>Version 1 says "unlimited" by a number near 2^63.</summary>
    private const long Unlimited = 1L << 60;

    public static MemoryKills Read()
    {
        foreach (string line in ReadLines("/proc/self/cgroup"))
        {
            if (line.Split(':', 3) is not [_, var controllers, var path])
                continue;
            MemoryKills found = controllers switch
            {
                "" => ReadGroup(Mounted, path, "memory.events", "memory.max"),
                _ when controllers.Split(',').Contains("memory") => ReadGroup($"{Mounted}/memory", path, "memory.oom_control", "memory.limit_in_bytes"),
                _ => new(null, null),
            };
            if (found.Count is not null)
                return found;
        }
        return new(null, null);
    }

    /// <summary>In a container with a cgroup namespace of its own the group is what is mounted, and in one without it is below.</summary>
    private static MemoryKills ReadGroup(string mounted, string path, string events, string limit)
    {
        string directory = File.Exists($"{mounted}{path}/{events}") ? $"{mounted}{path}" : mounted;
        string? kills = ReadLines($"{directory}/{events}").FirstOrDefault(line => line.StartsWith("oom_kill ", StringComparison.Ordinal));
        return new(Parse(kills?["oom_kill ".Length..]), Parse(ReadLines($"{directory}/{limit}").FirstOrDefault()) is < Unlimited and var bytes ? bytes : null);
    }

    private static long? Parse(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
