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
    private static readonly string[] Covered =
    [
        "proc/acpi", "proc/asound", "proc/interrupts", "proc/kcore", "proc/keys", "proc/latency_stats", "proc/timer_list", "proc/timer_stats",
        "proc/sched_debug", "proc/scsi", "sys/devices/virtual/powercap", "sys/firmware",
    ];

    private static readonly string[] ReadOnly = ["proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger"];

    public static void Attach(RootTree tree)
    {
        AttachProc(tree);
        using (var sys = DetachedMount.Clone("/sys"))
        {
            sys.Restrict(Inert | MountAttributes.ReadOnly);
            tree.Attach(sys, UnixPath.Clean("sys"), FileType.Directory);
        }
        foreach (string path in ReadOnly)
            MakeReadOnly(tree, UnixPath.Clean(path));
        foreach (string path in Covered)
            Cover(tree, UnixPath.Clean(path));
    }

    private static void AttachProc(RootTree tree)
    {
        using DetachedMount proc = CreateProc();
        tree.Attach(proc, UnixPath.Clean("proc"), FileType.Directory);
    }

    /// <summary>
    /// A new procfs shows this pid namespace alone. The kernel refuses it (EPERM) where the builder's own /proc is covered in places, as a new one would uncover them: then
    /// the builder's is bound, with what covers it.
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
            bound.Restrict(Inert);
            return bound;
        }
    }

    private static void MakeReadOnly(RootTree tree, UnixPath path)
    {
        if (tree.Root.FindStatus(path) is null)
            return;
        using var mount = DetachedMount.Clone(tree.Root, path);
        mount.Restrict(Inert | MountAttributes.ReadOnly);
        mount.AttachAt(tree.Root, path);
    }

    private static void Cover(RootTree tree, UnixPath path)
    {
        if (tree.Root.FindStatus(path) is not { } status)
            return;
        using DetachedMount cover = status.Type == FileType.Directory
            ? DetachedMount.Create("tmpfs", Inert | MountAttributes.ReadOnly)
            : DetachedMount.Clone("/dev/null");
        cover.AttachAt(tree.Root, path);
    }
}
