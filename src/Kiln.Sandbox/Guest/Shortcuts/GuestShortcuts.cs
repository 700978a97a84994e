// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.Paths;
using Kiln.Sandbox.Guest.State;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Guest.Shortcuts;

/// <summary>
/// Which processes of a step may do without the supervisor where it would find nothing to say: those that are root in the tree. They have two directories under fixed numbers, with flags that no other descriptor has, and
/// <see cref="ShortcutCode"/> does nothing for who has not. A process that becomes somebody else loses them; when it then executes a program, a filter shuts the way for it and all that it starts.
/// </summary>
internal sealed class GuestShortcuts : IDisposable
{
    private const int LargeFile = 0x8000, Directory = 0x10000; // O_LARGEFILE, which the kernel adds; O_DIRECTORY

    private static readonly OpenFlags MarkedDirectory = new(ShortcutCode.Flags & ~LargeFile);

    private readonly GuestTree _tree;
    private readonly Place _processes;
    private readonly InodeRecords _records;
    private readonly SafeFileHandle? _root;
    private readonly SafeFileHandle _nothing;
    private volatile bool _areGivenUp;

    /// <param name="tree">The step's tree.</param>
    /// <param name="processes">`/proc`, which must outlive this.</param>
    /// <param name="arePossible">Whether the step is kept from files outside its tree, so that the kernel may open them for it.</param>
    public GuestShortcuts(GuestTree tree, DirectoryHandle processes, bool arePossible)
    {
        (_tree, _processes, _records) = (tree, Place.Of(processes), tree.Records);
        Memory = arePossible ? ShortcutMemory.Create(tree.FileSystem) : ShortcutMemory.OfSupervisor();
        using (SafeFileHandle empty = Descriptor.InMemory("none"u8, []))
            _nothing = Place.Of(empty).Reopen(new OpenFlags(MarkedDirectory.Value & ~Directory), out Place nothing) == Errno.None ? nothing.ToHandle() : File.OpenHandle("/dev/null");
        if (Memory.Pages is null || Place.Of(tree.Root).Reopen(MarkedDirectory, out Place root) != Errno.None)
            return;
        _root = root.ToHandle();
        Patches = new ShortcutPatches(_processes);
        foreach (ulong inode in tree.SpecialInodes)
            Memory.MarkRecorded(inode);
        _records.Recorded += Memory.MarkRecorded;
        foreach (ulong inode in _records.Inodes)
            Memory.MarkRecorded(inode);
    }

    public ShortcutMemory Memory { get; }

    /// <summary>The places at which processes take shortcuts; null where there are none to be had.</summary>
    public ShortcutPatches? Patches { get; }

    /// <summary>Whether a program could not map what it needs, as another would not either: no more are begun with them.</summary>
    public bool AreGivenUp => _areGivenUp;

    public void GiveUp() => _areGivenUp = true;

    /// <summary>Whether a process in a state may use them.</summary>
    public bool AreFor(GuestState state) => Patches is not null && state.KeepsShortcuts && state.IsPlainRoot && state.Credentials.ByRealIds.IsPlainRoot && state.Root.Inode == _tree.RootInode;

    /// <summary>Gives the caller of execve what its program needs for them. False where it cannot have it, or has other things under these numbers.</summary>
    public bool TryGive(SeccompListener listener, in TrappedCall call, GuestState state)
    {
        if (_root is null || !TryGive(listener, call, ShortcutCode.Root, _root) || !TryGive(listener, call, ShortcutCode.Memory, Memory.Pages!.File))
            return false;
        using SafeFileHandle? workingDirectory = FindMarked(state.WorkingDirectory);
        return workingDirectory is not null && TryGive(listener, call, ShortcutCode.WorkingDirectory, workingDirectory);
    }

    /// <summary>Keeps the caller's directories in step with its state, before it is told of the change.</summary>
    public void Follow(SeccompListener listener, in TrappedCall call, GuestState before, GuestState after)
    {
        if (!AreFor(before))
            return;
        bool goOn = AreFor(after);
        if (!goOn)
            Replace(listener, call, ShortcutCode.Root, _nothing);
        if (goOn && before.WorkingDirectory == after.WorkingDirectory)
            return;
        using SafeFileHandle? workingDirectory = goOn ? FindMarked(after.WorkingDirectory) : null;
        Replace(listener, call, ShortcutCode.WorkingDirectory, workingDirectory ?? _nothing);
    }

    /// <summary>Whether a name in a directory of a process's descriptors, `proc/PID/fd` or `proc/PID/fdinfo`, is of what it was given here.</summary>
    public bool IsGiven(UnixPath directory, string name) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= ShortcutCode.Root and <= ShortcutCode.Memory
        && directory.ToString().Split('/') is ["proc", var id, .., "fd" or "fdinfo"] && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int process)
        && IsGiven(process, number);

    /// <summary>What of it a process has, now or in the program that it is to be.</summary>
    public IEnumerable<int> FindGiven(int processId) => Enumerable.Range(ShortcutCode.Root, ShortcutCode.Memory - ShortcutCode.Root + 1).Where(number => IsGiven(processId, number));

    public void Dispose()
    {
        if (Patches is not null)
            _records.Recorded -= Memory.MarkRecorded;
        _root?.Dispose();
        _nothing.Dispose();
        Memory.Dispose();
    }

    /// <summary>The directory with the flags that no others have; null for one that is served.</summary>
    private static SafeFileHandle? FindMarked(GuestDirectory directory) =>
        !directory.IsServed && directory.Place.Reopen(MarkedDirectory, out Place place) == Errno.None ? place.ToHandle() : null;

    /// <summary>What the caller has there already is inherited, as a rule.</summary>
    private bool TryGive(SeccompListener listener, in TrappedCall call, int number, SafeFileHandle file)
    {
        Errno error = _processes.GetStatus(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{call.ThreadId}/fd/{number}\0")), out _);
        if (error == Errno.ENOENT)
            return listener.AddDescriptor(call, file, number) == Errno.None;
        return error == Errno.None && IsSame(call.ThreadId, number, file);
    }

    private bool IsSame(int threadId, int number, SafeFileHandle file)
    {
        if (_processes.OpenDescriptorsOf(threadId, out Place descriptors) != Errno.None)
            return false;
        using (descriptors)
            return descriptors.GetDescriptorStatus(number, out FullStatus there) == Errno.None && Place.Of(file).GetStatus(out FullStatus wanted) == Errno.None
                && (there.FileSystem, there.Inode) == (wanted.FileSystem, wanted.Inode) && (number == ShortcutCode.Memory || IsMarked(threadId, number));
    }

    private bool IsGiven(int processId, int number) =>
        number == ShortcutCode.Memory ? Memory.Pages is { } pages && IsSame(processId, number, pages.File) : FlagsOf(processId, number) is { } flags && (flags | Directory) == ShortcutCode.Flags;

    /// <summary>What a program has put there itself stays. A number above the caller's limit cannot be given again: then it takes no shortcuts any more.</summary>
    private void Replace(SeccompListener listener, in TrappedCall call, int number, SafeFileHandle after)
    {
        if (IsMarked(call.ThreadId, number) && listener.AddDescriptor(call, after, number) != Errno.None)
            Patches!.SwitchOff(call.ThreadId);
    }

    private bool IsMarked(int threadId, int number) => FlagsOf(threadId, number) == ShortcutCode.Flags;

    /// <summary>The flags of an open descriptor, proc_pid_fdinfo(5); null where there is none.</summary>
    private int? FlagsOf(int threadId, int number)
    {
        Span<byte> buffer = stackalloc byte[128];
        if (_processes.ReadInformationOf(threadId, number, buffer, out int length) != Errno.None)
            return null;
        ReadOnlySpan<byte> text = buffer[..length], name = "flags:\t"u8;
        int at = text.IndexOf(name);
        if (at < 0)
            return null;
        int flags = 0;
        foreach (byte digit in text[(at + name.Length)..])
        {
            if (digit is < (byte)'0' or > (byte)'7')
                break;
            flags = (flags * 8) + (digit - '0');
        }
        return flags & ~OpenFlags.CloseOnExecute;
    }
}
