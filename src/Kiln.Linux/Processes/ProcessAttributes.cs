// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;

namespace Kiln.Linux.Processes;

/// <summary>What a program inherits through execve and should find as a login shell would leave it.</summary>
public static unsafe class ProcessAttributes
{
    private const int LastSignal = 64;

    /// <summary>
    /// Nothing ignored, nothing blocked. The runtime ignores SIGPIPE, and whoever started the builder may have ignored more (nohup);
    /// handlers need no care, execve resets them.
    /// </summary>
    public static void ResetSignals()
    {
        Libc.SignalAction standard = default;
        for (int signal = 1; signal <= LastSignal; signal++)
        {
            Libc.SignalAction action;
            if (Libc.SigAction(signal, null, &action) == 0 && action.Handler == Libc.SIG_IGN)
                _ = Libc.SigAction(signal, &standard, null);
        }
        byte* none = stackalloc byte[Libc.SignalSetSize];
        new Span<byte>(none, Libc.SignalSetSize).Clear();
        _ = Libc.SetSignalMask(Libc.SIG_SETMASK, none, null);
    }

    /// <summary>Leads a session of its own: no terminal's signals reach it.</summary>
    public static void StartSession()
    {
        if (Libc.SetSid() < 0)
            throw ErrnoException.Last("setsid");
    }

    public static void SetFileCreationMask(int mask) => _ = Libc.Umask((uint)mask);

    /// <summary>Gives the calling thread a file creation mask of its own, apart from its process's, that takes nothing away.</summary>
    public static void TakeEmptyCreationMask()
    {
        if (Libc.Unshare(Libc.CLONE_FS) != 0)
            throw ErrnoException.Last("unshare", "CLONE_FS");
        SetFileCreationMask(0);
    }

    /// <summary>Takes the soft limit of open files down to a number. The runtime raises it to the hard one, which may be a thousand million, and many a program closes them one by one.</summary>
    public static void LowerOpenFileLimit(ulong soft)
    {
        Libc.ResourceLimit limit;
        if (Libc.GetRlimit(Libc.RLIMIT_NOFILE, &limit) != 0)
            throw ErrnoException.Last("getrlimit");
        if (limit.Soft <= soft)
            return;
        limit.Soft = soft;
        if (Libc.SetRlimit(Libc.RLIMIT_NOFILE, &limit) != 0)
            throw ErrnoException.Last("setrlimit");
    }

    /// <summary>For good: the kernel writes a core dump into the directory, or below the root, that it knows of a process, core(5).</summary>
    public static void ForbidCoreDumps()
    {
        Libc.ResourceLimit none = default;
        if (Libc.SetRlimit(Libc.RLIMIT_CORE, &none) != 0)
            throw ErrnoException.Last("setrlimit");
    }

    /// <summary>
    /// Lets the kernel kill this process, and what it starts, before its parent when memory runs out: proc_pid_oom_score_adj(5). Where `/proc` cannot be written, all stays as it was.
    /// </summary>
    public static void OfferToMemoryKiller()
    {
        const string file = "/proc/self/oom_score_adj";
        const int largest = 1000;
        try
        {
            int now = int.Parse(File.ReadAllText(file), System.Globalization.CultureInfo.InvariantCulture);
            Descriptor.WriteControlFile(file, $"{Math.Min(largest, now + (largest / 2))}");
        }
        catch (Exception e) when (e is ErrnoException or IOException or UnauthorizedAccessException or FormatException)
        {
            // It is a courtesy to the builder, which lives on its own risk without.
        }
    }

    /// <summary>
    /// SIGKILL when the parent thread ends. A change of ids clears it, so it comes after them; a parent that has ended before this call is not noticed by it.
    /// </summary>
    public static void DieWithParent()
    {
        if (Libc.Prctl(Libc.PR_SET_PDEATHSIG, Libc.SIGKILL, 0, 0, 0) != 0)
            throw ErrnoException.Last("prctl", "PR_SET_PDEATHSIG");
    }

    /// <summary>Becomes the parent of what descendants leave behind when they end. It is kept at execve, and no child has it.</summary>
    public static void AdoptOrphans() => Control(Libc.PR_SET_CHILD_SUBREAPER, 1, "PR_SET_CHILD_SUBREAPER");

    /// <summary>Whoever has this process's ids but not all its capabilities can neither trace it nor read its memory, environment or descriptors.</summary>
    public static void ForbidInspection() => Control(Libc.PR_SET_DUMPABLE, 0, "PR_SET_DUMPABLE");

    /// <summary>Makes a directory the root of this process, chroot(2), and its working directory.</summary>
    public static void ChangeRoot(Files.DirectoryHandle root)
    {
        Mounts.MountNamespace.ChangeDirectory(root);
        fixed (byte* here = "."u8)
            if (Libc.ChangeRoot(here) != 0)
                throw ErrnoException.Last("chroot");
    }

    private static void Control(int option, nuint value, string name)
    {
        if (Libc.Prctl(option, value, 0, 0, 0) != 0)
            throw ErrnoException.Last("prctl", name);
    }
}
