// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Supervision;

namespace Kiln.Sandbox.Supervision;

/// <summary>
/// What `/proc`, `/sys` and a few names in `/dev` are for a step that shares the builder's mount and pid namespace: the machine's own figures, the
/// step's own processes, and nothing of the builder's. Every answer is for one component, without following it.
/// </summary>
internal sealed class VirtualFiles(DirectoryHandle processes, DirectoryHandle system, ServedDevices devices, StepMembers members, GuestPaths paths, MountTable mounts, InMemoryFiles memory, RunNetwork network)
{
    private const int LongestLink = 4096;

    // As StandardMounts has them, which covers the same files by mounts.
    private static readonly HashSet<string> Covered =
    [
        "acpi", "asound", "interrupts", "kcore", "keys", "latency_stats", "timer_list", "timer_stats", "sched_debug", "scsi", "sysrq-trigger",
        "devices/virtual/powercap", "firmware", "kernel/debug", "kernel/tracing", "kernel/security", "fs/bpf", "fs/pstore",
    ];

    /// <summary>Whether names that begin with a byte may be served; asked before all else.</summary>
    public bool MayServe(byte first) => first is (byte)'p' or (byte)'s' or (byte)'d' || !memory.IsEmpty;

    /// <summary>Whether a path, absolute in the step, is served. Without a look at the disk: links are the caller's affair.</summary>
    public bool Serves(UnixPath path)
    {
        ReadOnlySpan<byte> bytes = path.Bytes;
        int slash = bytes.IndexOf((byte)'/');
        ReadOnlySpan<byte> top = slash < 0 ? bytes : bytes[..slash];
        return memory.Serves(path) || top.SequenceEqual("proc"u8) || top.SequenceEqual("sys"u8) || (top.SequenceEqual("dev"u8) && slash > 0 && devices.Serves(bytes[(slash + 1)..]));
    }

    /// <summary>What is served at such a path, whose parent is a directory that is served.</summary>
    public VirtualNode Find(Caller caller, UnixPath path)
    {
        if (memory.Find(path) is { } file)
            return new VirtualNode(VirtualKind.Memory, processes, [.. Encoding.ASCII.GetBytes(file.Path["/proc/".Length..]), 0]);
        ReadOnlySpan<byte> bytes = path.Bytes;
        int slash = bytes.IndexOf((byte)'/');
        ReadOnlySpan<byte> rest = slash < 0 ? default : bytes[(slash + 1)..];
        return bytes[0] switch
        {
            (byte)'d' => devices.Find(rest),
            (byte)'s' when network == RunNetwork.None && rest.EndsWith("/net"u8) => VirtualNode.Missing,
            (byte)'s' => FindReal(system, rest),
            _ when rest.IsEmpty => new VirtualNode(VirtualKind.Directory, processes, ".\0"u8.ToArray()),
            _ => FindInProc(caller, rest),
        };
    }

    /// <summary>Where something that a process has open lies in the step; null where it lies nowhere: a pipe, a deleted file.</summary>
    public byte[]? FindPathOf(Caller caller, VirtualNode descriptor)
    {
        byte[] target = new byte[LongestLink];
        int length = 0;
        Errno error = caller.AsUser(() => AnsweredFile.ReadLink(processes, descriptor.Real, target, out length));
        return error == Errno.None && paths.Strip(target.AsSpan(0, length)) is { IsEmpty: false } inside ? inside.ToArray() : null;
    }

    private VirtualNode FindInProc(Caller caller, ReadOnlySpan<byte> path)
    {
        int slash = path.IndexOf((byte)'/');
        ReadOnlySpan<byte> first = slash < 0 ? path : path[..slash];
        if (char.IsAsciiDigit((char)first[0]))
            return Utf8Parser.TryParse(first, out int id, out int used) && used == first.Length ? FindOfProcess(caller, id, path) : VirtualNode.Missing;
        if (slash >= 0)
            return FindReal(processes, path);
        return Encoding.ASCII.GetString(first) switch
        {
            "self" => Link("self", $"{caller.Status?.ProcessId ?? caller.ThreadId}"),
            "thread-self" => Link("thread-self", $"{caller.Status?.ProcessId ?? caller.ThreadId}/task/{caller.ThreadId}"),
            "mounts" => Link("mounts", "self/mounts"),
            "net" => Link("net", "self/net"),
            _ => FindReal(processes, path),
        };
    }

    private VirtualNode FindOfProcess(Caller caller, int id, ReadOnlySpan<byte> path)
    {
        // The caller itself is asked for most, and is the step's without a look.
        if (id != caller.ThreadId && !members.Contains(id))
            return VirtualNode.Missing;
        byte[] real = [.. path, 0];
        string[] names = Encoding.UTF8.GetString(path).Split('/');
        int at = names is [_, "task", _, ..] ? 3 : 1;
        return names[at..] switch
        {
            ["cwd" or "root"] => LinkInTree(caller, real),
            ["exe"] => new VirtualNode(VirtualKind.Descriptor, processes, real),
            ["fd", _] => Exists(caller, real) ? new VirtualNode(VirtualKind.Descriptor, processes, real) : VirtualNode.Missing,
            ["ns", _] => new VirtualNode(VirtualKind.Sealed, processes, real),
            ["net", var file] when network == RunNetwork.None => NoNetworkFiles.Find(file) is { } content ? new VirtualNode(VirtualKind.Generated, processes, real) { Content = content } : VirtualNode.Missing,
            ["net", _, ..] when network == RunNetwork.None => VirtualNode.Missing,
            ["map_files", ..] => VirtualNode.Missing,
            ["mounts"] => new VirtualNode(VirtualKind.Generated, processes, real) { Content = mounts.Text },
            ["mountinfo"] => new VirtualNode(VirtualKind.Generated, processes, real) { Content = mounts.InfoText },
            ["mountstats"] => VirtualNode.Missing,
            _ => FindReal(processes, path) is { Kind: VirtualKind.File } file ? file with { MayBeWritten = true } : FindReal(processes, path),
        };
    }

    private static bool Exists(Caller caller, byte[] real, DirectoryHandle from) =>
        caller.AsUser(() => AnsweredFile.FindType(from, real, PathResolve.Beneath, out _)) == Errno.None;

    private bool Exists(Caller caller, byte[] real) => Exists(caller, real, processes);

    /// <summary>A directory or file of the machine's own, as it is there; its links lead on inside what is served.</summary>
    private static VirtualNode FindReal(DirectoryHandle from, ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty)
            return new VirtualNode(VirtualKind.Directory, from, ".\0"u8.ToArray());
        if (Covered.Contains(Encoding.UTF8.GetString(path)))
            return VirtualNode.Missing;
        byte[] real = [.. path, 0];
        if (AnsweredFile.FindType(from, real, PathResolve.Beneath | PathResolve.NoLinks | PathResolve.NoMagicLinks, out FileType type) != Errno.None)
            return VirtualNode.Missing;
        return type switch
        {
            FileType.Directory => new VirtualNode(VirtualKind.Directory, from, real),
            FileType.SymbolicLink => ReadLink(from, real),
            FileType.File => new VirtualNode(VirtualKind.File, from, real),
            _ => VirtualNode.Missing,
        };
    }

    private static VirtualNode ReadLink(DirectoryHandle from, byte[] real)
    {
        byte[] target = new byte[LongestLink];
        return AnsweredFile.ReadLink(from, real, target, out int length) == Errno.None ? VirtualNode.Link(target.AsSpan(0, length)) with { Base = from, Real = real } : VirtualNode.Missing;
    }

    private VirtualNode LinkInTree(Caller caller, byte[] real)
    {
        byte[] target = new byte[LongestLink];
        int length = 0;
        Errno error = caller.AsUser(() => AnsweredFile.ReadLink(processes, real, target, out length));
        return error == Errno.None && paths.Strip(target.AsSpan(0, length)) is { IsEmpty: false } inside
            ? VirtualNode.Link(inside) with { Base = processes, Real = real }
            : new VirtualNode(VirtualKind.Sealed, processes, real);
    }

    private VirtualNode Link(string name, string target) =>
        VirtualNode.Link(Encoding.ASCII.GetBytes(target)) with { Base = processes, Real = Encoding.ASCII.GetBytes(name + '\0') };
}
