// SPDX-License-Identifier: Apache-2.0
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>A control group of the machine with a limit to its memory, cgroups(7); for root alone.</summary>
internal sealed class MemoryGroup : IDisposable
{
    private readonly string _path;

    private MemoryGroup(string path) => _path = path;

    /// <summary>The file that takes who shall be in the group.</summary>
    public string Processes => $"{_path}/cgroup.procs";

    public static MemoryGroup Create(long limit)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "a control group can be made by root alone");
        bool first = Directory.Exists("/sys/fs/cgroup/memory");
        string own = File.ReadAllLines("/proc/self/cgroup").First(line => first ? line.Contains(":memory:", StringComparison.Ordinal) : line.StartsWith("0:", StringComparison.Ordinal)).Split(':')[2];
        string parent = first ? $"/sys/fs/cgroup/memory{own}" : $"/sys/fs/cgroup{own}";
        try
        {
            string path = Directory.CreateDirectory($"{parent}/kiln-{Guid.NewGuid():N}").FullName;
            File.WriteAllText($"{path}/{(first ? "memory.limit_in_bytes" : "memory.max")}", $"{limit}");
            return new MemoryGroup(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Assert.Skip($"no control group with a limit can be made: {e.Message}");
            throw;
        }
    }

    public void Dispose() => Directory.Delete(_path);
}
