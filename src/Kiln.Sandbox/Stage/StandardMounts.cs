// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Mounts;

namespace Kiln.Sandbox.Stage;

/// <summary>`/proc` and `/sys` as a container has them: what would show or change the machine is covered or read-only.</summary>
internal static class StandardMounts
{
    private const MountAttributes Inert = MountAttributes.NoSetId | MountAttributes.NoDevices | MountAttributes.NoExecute;

    // The lists of the runtime specification's default configuration, as container runtimes have them. They matter here: root in the sandbox has the kernel's
    // uid 0 where the builder has it, and the files of /proc/sys and /sys ask for nothing but that uid.
    private static readonly string[] CoveredOfProc =
    [
        "acpi", "asound", "interrupts", "kcore", "keys", "latency_stats", "timer_list", "timer_stats", "sched_debug", "scsi",
    ];

    private static readonly string[] ReadOnlyOfProc = ["bus", "fs", "irq", "sys", "sysrq-trigger"];

    // The latter five are what a machine mounts in its /sys; a container's own is new and has none of them.
    private static readonly string[] CoveredOfSys =
        ["devices/virtual/powercap", "firmware", "fs/bpf", "fs/pstore", "kernel/debug", "kernel/security", "kernel/tracing"];

    public static void Attach(RootTree tree)
    {
        using (DetachedMount proc = CreateProc())
            Attach(tree, proc, "proc", ReadOnlyOfProc, CoveredOfProc);
        using var sys = DetachedMount.Clone("/sys");
        sys.Restrict(Inert | MountAttributes.ReadOnly);
        Attach(tree, sys, "sys", [], CoveredOfSys);
    }

    /// <summary>What is covered is found in the mount itself: an image may have a link at the mount's place, so that the path does not lead there.</summary>
    private static void Attach(RootTree tree, DetachedMount mount, string path, string[] readOnly, string[] covered)
    {
        using DirectoryHandle directory = mount.OpenRoot();
        tree.Attach(mount, UnixPath.Clean(path), FileType.Directory);
        foreach (string name in readOnly)
            MakeReadOnly(directory, UnixPath.Clean(name));
        foreach (string name in covered)
            Cover(directory, UnixPath.Clean(name));
    }

    /// <summary>
    /// A new procfs shows this pid namespace alone. The kernel refuses it (EPERM) where the builder's own /proc is covered in places, as a new one would uncover them: then
    /// the builder's is bound, with what covers it, and read-only: files of the builder's processes would be written to by uid alone.
    /// </summary>
    private static DetachedMount CreateProc()
    {
        try
        {
            return DetachedMount.Create("proc", Inert);
        }
        catch (ErrnoException e) when (e.Error == Errno.EPERM)
        {
            var bound = DetachedMount.Clone("/proc");
            bound.Restrict(Inert | MountAttributes.ReadOnly);
            return bound;
        }
    }

    private static void MakeReadOnly(DirectoryHandle directory, UnixPath path)
    {
        if (directory.FindStatus(path) is null)
            return;
        using var mount = DetachedMount.Clone(directory, path);
        mount.Restrict(Inert | MountAttributes.ReadOnly);
        mount.AttachAt(directory, path);
    }

    private static void Cover(DirectoryHandle directory, UnixPath path)
    {
        if (directory.FindStatus(path) is not { } status)
            return;
        using DetachedMount cover = status.Type == FileType.Directory
            ? DetachedMount.Create("tmpfs", Inert | MountAttributes.ReadOnly)
            : DetachedMount.Clone("/dev/null");
        cover.AttachAt(directory, path);
    }
}
