// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using Kiln.Linux.Accounts;

namespace Kiln.Sandbox.Doctor;

/// <summary>Reads <see cref="MachineFacts"/> off `/proc` and `/etc`. What is not there says nothing.</summary>
public static class MachineExamination
{
    private static readonly string[] RangeFiles = ["/etc/subuid", "/etc/subgid"];

    public static MachineFacts Run(string rootDirectory)
    {
        Dictionary<string, string> status = Read("/proc/self/status").Split('\n').Select(line => line.Split(':', 2)).Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0], parts => parts[1].Trim());
        (string Place, string Type)[] mounts = [.. Read("/proc/self/mountinfo").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(ParseMount)];
        uint uid = uint.Parse(status["Uid"].Split('\t')[1], CultureInfo.InvariantCulture);
        return new MachineFacts
        {
            Kernel = Read("/proc/sys/kernel/osrelease").Trim(),
            Uid = uid,
            OutsideUid = FindOutside(uid),
            Capabilities = MachineFacts.NameCapabilities(status["CapEff"]),
            Filtered = status.GetValueOrDefault("Seccomp") == "2",
            NoNewPrivileges = status.GetValueOrDefault("NoNewPrivs") == "1",
            SecurityLabel = Read("/proc/self/attr/current").TrimEnd('\n', '\0'),
            UserNamespaceLimits =
            [
                .. Limit("/proc/sys/user/max_user_namespaces", "0"), .. Limit("/proc/sys/kernel/unprivileged_userns_clone", "0"),
                .. Limit("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"),
            ],
            CoveredProc = [.. mounts.Select(mount => mount.Place).Where(place => place.StartsWith("/proc/", StringComparison.Ordinal) && place != "/proc/sys/fs/binfmt_misc").Distinct()],
            SubordinateIds = FindSubordinate(uid),
            RootDirectory = rootDirectory,
            RootFileSystem = mounts.Where(mount => IsAtOrBelow(rootDirectory, mount.Place)).OrderBy(mount => mount.Place.Length).Select(mount => mount.Type).LastOrDefault("unknown"),
        };
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static (string Place, string Type) ParseMount(string line)
    {
        string[] fields = line.Split(' ');
        return (fields[4], fields[Array.IndexOf(fields, "-") + 1]);
    }

    private static bool IsAtOrBelow(string path, string place) =>
        place == "/" || path == place || path.StartsWith(place + "/", StringComparison.Ordinal);

    private static uint FindOutside(uint uid) =>
        Linux.Namespaces.IdMap.Parse(Read("/proc/self/uid_map")).Ranges.Where(range => uid >= range.Inside && uid - range.Inside < range.Count)
            .Select(range => range.Outside + (uid - range.Inside)).FirstOrDefault(uid);

    private static IEnumerable<string> Limit(string path, string limiting) =>
        Read(path).Trim() == limiting ? [$"{path["/proc/sys/".Length..].Replace('/', '.')} = {limiting}"] : [];

    private static ImmutableArray<string> FindSubordinate(uint uid)
    {
        string? name = AccountFiles.Parse(System.Text.Encoding.UTF8.GetBytes(Read("/etc/passwd")), []).FindUser(uid)?.Name;
        return [.. RangeFiles.SelectMany(path => Read(path).Split('\n').Where(line => line.Split(':')[0] is var who && who.Length > 0
            && (who == name || who == uid.ToString(CultureInfo.InvariantCulture))).Select(line => $"{path}: {line}"))];
    }
}
