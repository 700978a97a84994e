// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Processes;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Chroot;
using Kiln.Sandbox.Guest.Shortcuts;
using Kiln.Sandbox.Guest.State;
using Kiln.Sandbox.Stage;
using Kiln.Sandbox.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Guest.Paths;

/// <summary>
/// `/proc`, `/sys` and the terminals of a supervised step: what <see cref="VirtualFiles"/> says, with the processes' own directories, programs and identities as the supervisor keeps them. One caller is answered
/// at a time.
/// </summary>
internal sealed class ServedFiles : IDisposable
{
    private const int LongestPath = 4096;

    /// <summary>The directories of a tree that are served.</summary>
    public static readonly UnixPath[] Places = [UnixPath.Clean("proc"), UnixPath.Clean("sys"), UnixPath.Clean("dev/pts")];

    private readonly Lock _serving = new();
    private readonly DirectoryHandle _processes = DirectoryHandle.Open("/proc");
    private readonly DirectoryHandle _system = DirectoryHandle.Open("/sys");
    private readonly DirectoryHandle _machineDevices = DirectoryHandle.Open("/dev");
    private readonly DirectoryHandle _scratch;
    private readonly DirectoryHandle _gone;
    private readonly ScratchDirectory _scratchPlace;
    private readonly byte[] _scratchPrefix;
    private readonly ServedDevices _devices;
    private readonly VirtualFiles _files;
    private readonly StandIns _standIns;
    private readonly ConcurrentDictionary<ulong, UnixPath> _standInPaths = new();
    private readonly GuestTree _tree;
    private readonly GuestStates _states;
    private readonly StepMembers _members;

    public ServedFiles(GuestTree tree, GuestStates states, StepMembers members, IReadOnlyList<PlacedMount> mounts, RunNetwork network, string scratch)
    {
        (_tree, _states, _members) = (tree, states, members);
        _scratchPlace = ScratchDirectory.Create(scratch);
        _scratch = DirectoryHandle.Open(_scratchPlace.Path);
        _scratch.MakeDirectory("gone"u8, 0x1C0); // 0700
        _gone = _scratch.OpenDirectory(UnixPath.Clean("gone"));
        _scratchPrefix = GuestPaths.OfOpenDirectory(_processes, _scratch);
        _devices = new ServedDevices(_machineDevices, []);
        var table = MountTable.Create(File.ReadAllText("/proc/self/mountinfo"), tree.FileSystem, mounts);
        _files = new VirtualFiles(_processes, _system, _devices, members, new GuestPaths(_processes, tree.Prefix.ToArray()), table, new InMemoryFiles([]), network);
        _standIns = new StandIns(_scratch, _files, members, (path, name) => Shortcuts?.IsGiven(path, name) == true, directoryMode: 0x1C0, _gone); // 0700
    }

    public DirectoryHandle Processes => _processes;

    /// <summary>What processes have open without having asked for it.</summary>
    public GuestShortcuts? Shortcuts { get; set; }

    /// <summary>Whether the step may have a stand-in of a served directory open.</summary>
    public bool HasStandIns => !_standInPaths.IsEmpty;

    public bool IsStandIn(in FullStatus status, out UnixPath path)
    {
        path = default;
        return status.Type == FileType.Directory && status.FileSystem == _tree.FileSystem && _standInPaths.TryGetValue(status.Inode, out path);
    }

    public static bool Serves(UnixPath path)
    {
        foreach (UnixPath place in Places)
            if (path.IsAtOrBelow(place))
                return true;
        return false;
    }

    /// <summary>What is served at a path whose parent is served, or which is a place of the tree that is.</summary>
    public VirtualNode Find(GuestCall call, UnixPath path)
    {
        lock (_serving)
        {
            VirtualNode node = _files.Find(call.Caller, path);
            return node.Kind == VirtualKind.Missing ? node : Correct(call, path, node);
        }
    }

    /// <summary>What is known of the real one; whose it is is the step's affair.</summary>
    public static Errno GetStatus(VirtualNode node, out FullStatus status)
    {
        status = default;
        if (node.Kind == VirtualKind.Missing)
            return Errno.ENOENT; // of a process that has ended
        Errno error = Place.Of(node.Base!).GetStatus(node.Real, out status);
        if (error == Errno.None && node.Owner is var (uid, gid))
            status = status.As(status.Type, status.Mode, uid, gid, default);
        return error;
    }

    /// <summary>The text of a link, of a descriptor's too.</summary>
    public Errno ReadLink(UnixPath path, VirtualNode node, Span<byte> buffer, out int length)
    {
        length = 0;
        switch (node.Kind)
        {
            case VirtualKind.Sealed when node.IsShut:
                return Errno.EACCES;
            case VirtualKind.Link:
                node.Content.CopyTo(buffer);
                length = node.Content.Length;
                return Errno.None;
            case VirtualKind.Descriptor when IsProgram(path, out int process):
                return _states.Of(process).Program is { } program ? Write(program.Place, buffer, out length) : Errno.ENOENT;
            case VirtualKind.Descriptor or VirtualKind.Sealed:
                byte[] text = new byte[LongestPath];
                Errno error = AnsweredFile.ReadLink(node.Base!, node.Real, text, out int count);
                if (error == Errno.None)
                    length = Translate(text.AsSpan(0, count), buffer);
                return error;
            default:
                return Errno.EINVAL;
        }
    }

    /// <summary>What a magic link leads to, as a place.</summary>
    public Errno OpenPlace(GuestCall call, UnixPath path, VirtualNode node, out Place place)
    {
        place = default;
        if (IsProgram(path, out int process))
            return _states.Of(process).Program is { } program ? program.Place.Duplicate(out place) : Errno.ENOENT;
        Errno error = Place.Of(node.Base!).Open(node.Real, OpenFlags.Path, 0, PathResolve.Anywhere, out place);
        // A process that ended meanwhile may have left its number to one that is not the step's.
        if (error == Errno.None && Find(call, path).Kind != node.Kind)
        {
            place.Dispose();
            return Errno.ESRCH;
        }
        return error;
    }

    /// <summary>Opens what is served, never waiting; a directory by its stand-in.</summary>
    public Errno Open(GuestCall call, UnixPath path, VirtualNode node, OpenFlags flags, out SafeFileHandle? opened)
    {
        opened = null;
        switch (node.Kind)
        {
            case VirtualKind.Directory:
                return OpenStandIn(call, path, node, flags, out opened);
            case VirtualKind.File:
                if (flags.WantsDirectory)
                    return Errno.ENOTDIR;
                if (flags.Writes && !node.MayBeWritten)
                    return Errno.EROFS;
                Errno error = AnsweredFile.Open(node.Base!, node.Real, flags.WithoutCreation.NonBlocking, 0, PathResolve.Beneath | PathResolve.NoLinks | PathResolve.NoMagicLinks, out opened);
                if (opened is null)
                    return error;
                // A process that ended meanwhile may have left its number to one that is not the step's.
                if (Find(call, path).Kind != node.Kind)
                {
                    opened.Dispose();
                    opened = null;
                    return Errno.ESRCH;
                }
                lock (_serving)
                    _devices.Remember(node, opened);
                return error;
            case VirtualKind.Generated:
                if (flags.WantsDirectory)
                    return Errno.ENOTDIR;
                if (flags.Writes)
                    return Errno.EACCES;
                opened = Descriptor.InMemory("proc"u8, node.Content);
                return Errno.None;
            case VirtualKind.Sealed:
                return Errno.EACCES;
            default:
                return Errno.ELOOP;
        }
    }

    /// <summary>The machine's multiplexer of terminals.</summary>
    public Errno OpenMultiplexer(OpenFlags flags, out SafeFileHandle? opened)
    {
        lock (_serving)
        {
            VirtualNode node = _devices.Find("ptmx"u8);
            if (node.Kind != VirtualKind.File)
            {
                opened = null;
                return Errno.ENXIO;
            }
            // By its own name, a link or a node: the other one's mode may be 000, ptmxmode of devpts.
            Errno error = AnsweredFile.Open(node.Base!, "ptmx\0"u8, flags.WithoutCreation.NonBlocking, 0, PathResolve.Beneath | PathResolve.NoMagicLinks, out opened);
            if (opened is not null)
                _devices.Remember(node, opened);
            return error;
        }
    }

    /// <summary>A device of the machine by its name.</summary>
    public Errno OpenDevice(ReadOnlySpan<byte> name, OpenFlags flags, out Place opened) =>
        Place.Of(_machineDevices).Open(name, flags.WithoutCreation.NonBlocking, 0, PathResolve.Beneath | PathResolve.NoMagicLinks, out opened);

    /// <summary>What such a device is. `ptmx` may be a link.</summary>
    public Errno GetDeviceStatus(ReadOnlySpan<byte> name, out FullStatus status)
    {
        Errno error = Place.Of(_machineDevices).GetStatus(name, out status);
        return error == Errno.None && status.Type == FileType.SymbolicLink ? Place.Of(_machineDevices).GetStatus("pts/ptmx\0"u8, out status) : error;
    }

    /// <summary>Where a place lies for the step; a stand-in where it is served. 0 where it lies nowhere.</summary>
    public int PathOf(Place place, Span<byte> buffer) => Write(place, buffer, out int length) == Errno.None ? length : 0;

    public void Dispose()
    {
        _processes.Dispose();
        _system.Dispose();
        _machineDevices.Dispose();
        _gone.Dispose();
        _scratch.Dispose();
        _scratchPlace.Dispose();
    }

    private Errno OpenStandIn(GuestCall call, UnixPath path, VirtualNode node, OpenFlags flags, out SafeFileHandle? opened)
    {
        lock (_serving)
        {
            Errno error = _standIns.Open(call.Caller, path, node, flags, out opened);
            if (opened is not null && Place.Of(opened).GetStatus(out FullStatus status) == Errno.None)
            {
                _standInPaths[status.Inode] = path;
                Shortcuts?.Memory.MarkRecorded(status.Inode);
            }
            return error;
        }
    }

    private VirtualNode Correct(GuestCall call, UnixPath path, VirtualNode node)
    {
        string text = path.ToString();
        string[] names = text.Split('/');
        if (names.Length < 2 || names[0] != "proc" || !int.TryParse(names[1], NumberStyles.None, CultureInfo.InvariantCulture, out int process))
            return node;
        string[] rest = names is [_, _, "task", _, ..] ? names[4..] : names[2..];
        GuestState state = _states.Of(process);
        node = node with { Owner = state.Credentials.OwnerInProc };
        if (IsPrivate(rest) && state != call.State && !call.State.Credentials.MayInspect(state.Credentials) && !IsOwn(call, process))
            return node with { Kind = VirtualKind.Sealed, IsShut = true };
        return rest switch
        {
            ["cwd"] => LinkTo(_states.Of(process).WorkingDirectory, node),
            ["root"] => LinkTo(_states.Of(process).Root, node),
            ["status"] => Generate(node, real => Identity.StatusText.Rewrite(real, _states.Of(process).Credentials, _states.Of(process).CreationMask)),
            ["limits"] => Generate(node, real => Identity.LimitsText.Rewrite(real)),
            ["auxv"] => Generate(node, real => WithIdentity(real, _states.Of(process).Credentials)),
            ["maps" or "smaps" or "numa_maps"] => Generate(node, WithoutPrefix),
            _ => node,
        };
    }

    /// <summary>What "Ptrace access mode checking" in ptrace(2) counts for, of proc_pid(5).</summary>
    private static bool IsPrivate(string[] names) => names is ["fd" or "fdinfo" or "ns", ..] or ["auxv" or "clear_refs" or "cwd" or "environ" or "exe" or "io" or "maps" or "mem" or "numa_maps"]
        or ["pagemap" or "personality" or "root" or "smaps" or "smaps_rollup" or "stack" or "syscall" or "timers"];

    private bool IsOwn(GuestCall call, int process) => process == call.Caller.ThreadId || _members.FindProcess(process) == call.Caller.Status?.ProcessId;

    private VirtualNode LinkTo(GuestDirectory directory, VirtualNode node)
    {
        Span<byte> buffer = stackalloc byte[LongestPath];
        int length = 0;
        if (directory.IsServed)
            return node with { Kind = VirtualKind.Link, Content = [(byte)'/', .. directory.Served.Bytes] };
        return Write(directory.Place, buffer, out length) == Errno.None ? node with { Kind = VirtualKind.Link, Content = buffer[..length].ToArray() } : node with { Kind = VirtualKind.Sealed };
    }

    private static VirtualNode Generate(VirtualNode node, Func<byte[], byte[]> make)
    {
        if (node.Kind != VirtualKind.File)
            return node;
        Errno error = AnsweredFile.Open(node.Base!, node.Real, OpenFlags.Read, 0, PathResolve.Beneath | PathResolve.NoLinks | PathResolve.NoMagicLinks, out SafeFileHandle? file);
        if (file is null || error != Errno.None)
            return VirtualNode.Missing;
        using var stream = new FileStream(file, FileAccess.Read, 0);
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return node with { Kind = VirtualKind.Generated, Content = make(content.ToArray()), MayBeWritten = false };
    }

    private static byte[] WithIdentity(byte[] vector, Identity.GuestCredentials credentials)
    {
        Identity.AuxiliaryVector.Rewrite(vector, credentials, isSecure: null);
        return vector;
    }

    /// <summary>Files of the tree by the step's own paths, those of the builder's program by none.</summary>
    private byte[] WithoutPrefix(byte[] maps) =>
        Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(maps)
            .Replace(" " + Encoding.Latin1.GetString(_tree.Prefix) + "/", " /", StringComparison.Ordinal)
            .Replace("=" + Encoding.Latin1.GetString(_tree.Prefix) + "/", "=/", StringComparison.Ordinal)); // numa_maps

    private static bool IsProgram(UnixPath path, out int process)
    {
        process = 0;
        return path.ToString().Split('/') is ["proc", var id, .., "exe"] && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out process);
    }

    private Errno Write(Place place, Span<byte> buffer, out int length)
    {
        Span<byte> real = stackalloc byte[LongestPath];
        length = 0;
        Errno error = place.ReadPath(real, out int count);
        if (error == Errno.None)
            length = Translate(real[..count], buffer);
        return error;
    }

    private int Translate(ReadOnlySpan<byte> real, Span<byte> buffer)
    {
        ReadOnlySpan<byte> text = _tree.Strip(real) is { IsEmpty: false } inside ? inside
            : real.StartsWith(_scratchPrefix) && real.Length > _scratchPrefix.Length && real[_scratchPrefix.Length] == '/' ? real[_scratchPrefix.Length..]
            : real[0] == '/' && !real.StartsWith("/dev/"u8) && !real.StartsWith("/proc/"u8) && !real.StartsWith("/sys/"u8) && !real.StartsWith("/memfd:"u8) ? "/"u8
            : real;
        text.CopyTo(buffer);
        return text.Length;
    }
}
