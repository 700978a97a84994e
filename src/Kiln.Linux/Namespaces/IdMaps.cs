// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Processes;

namespace Kiln.Linux.Namespaces;

/// <summary>The user and the group ids of a user namespace.</summary>
public sealed record IdMaps(IdMap Users, IdMap Groups)
{
    /// <summary>Those of this process's own user namespace.</summary>
    public static IdMaps Own() => new(IdMap.Parse(File.ReadAllText("/proc/self/uid_map")), IdMap.Parse(File.ReadAllText("/proc/self/gid_map")));

    /// <summary>Whether owners cannot be put on disk and are recorded instead (<see cref="Files.OwnerRecord"/>).</summary>
    public bool AreOfOne => Users.IsOfOne || Groups.IsOfOne;

    public IdMaps Identity() => new(Users.Identity(), Groups.Identity());

    /// <summary>Whether setgroups(2) is there at all: an unprivileged map takes it away, for all namespaces within too.</summary>
    public static bool GroupsMayBeSet() => File.ReadAllText("/proc/self/setgroups").StartsWith("allow", StringComparison.Ordinal);

    /// <summary>Maps the ids of a process that is in a new user namespace and waits for it.</summary>
    public void WriteTo(int processId)
    {
        Descriptor.WriteControlFile($"/proc/{processId}/uid_map", Users.ToString());
        Descriptor.WriteControlFile($"/proc/{processId}/gid_map", Groups.ToString());
    }

    /// <summary>
    /// "In the case of gid_map, use of the setgroups(2) system call must first be denied by writing "deny" to the
    /// /proc/pid/setgroups file before writing to gid_map" without CAP_SETGID (user_namespaces(7)).
    /// </summary>
    public void WriteUnprivilegedTo(int processId)
    {
        Descriptor.WriteControlFile($"/proc/{processId}/setgroups", "deny");
        WriteTo(processId);
    }
}
