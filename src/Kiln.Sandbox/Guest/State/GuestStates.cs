// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Processes;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.Identity;
using Kiln.Sandbox.Guest.Paths;
using Kiln.Sandbox.Guest.Shortcuts;
using Kiln.Sandbox.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Guest.State;

/// <summary>
/// The states that processes of one step are in. A process carries the number of its own, which the kernel hands on to what it starts (<see cref="InheritedNumber"/>); one without a number is in the
/// first. A number means the same for ever; where there are too many, those that no process carries are forgotten.
/// </summary>
internal sealed class GuestStates : IGuestStates
{
    private const int MostStates = 1 << 22;      // numbers that a step may use up
    private const int FirstMask = 0x12;          // 022
    private const int FirstSweep = 1 << 12;

    private readonly Lock _changing = new();
    private readonly StepMembers _members;
    private readonly Dictionary<GuestState, int> _numbers = [];
    private readonly HashSet<int> _unused = [];
    // A file that is open keeps its inode to itself, so that one number means one file as long as its object lives.
    private readonly Dictionary<ulong, WeakReference<GuestDirectory>> _directories = [];
    private readonly Dictionary<ulong, WeakReference<RunningProgram>> _programs = [];
    private readonly Dictionary<UnixPath, GuestDirectory> _served = [];
    private volatile GuestState?[] _states = new GuestState?[256];
    private int _next = 1;
    private int _sweepAt = FirstSweep;
    private int _changes;

    /// <param name="tree">The step's tree.</param>
    /// <param name="credentials">Who its first process is.</param>
    /// <param name="workingDirectory">And where, without links.</param>
    /// <param name="members">Which processes it has.</param>
    public GuestStates(GuestTree tree, GuestCredentials credentials, UnixPath workingDirectory, StepMembers members)
    {
        _members = members;
        var first = new GuestState(credentials, Open(tree, UnixPath.Root), Open(tree, workingDirectory), Program: null, FirstMask);
        _states[0] = first;
        _numbers.Add(first, 0);
    }

    /// <summary>Who has to know of a change.</summary>
    public GuestShortcuts? Shortcuts { get; set; }

    /// <summary>How often a process was put into another state: while this stays, a process that stays is in the state that it was in. To be read before the state is.</summary>
    public int Changes => Volatile.Read(ref _changes);

    /// <summary>The state of a thread's process. One that carries a number of ours which is forgotten is nobody's.</summary>
    public GuestState Of(int threadId)
    {
        int number = InheritedNumber.Find(threadId) ?? 0;
        GuestState?[] states = _states;
        return (number < states.Length ? states[number] : null) ?? throw new ErrnoException("state", Errno.ESRCH, "a process without one");
    }

    /// <summary>Puts the caller's process into another state.</summary>
    public Errno Set(Caller caller, GuestState state)
    {
        if (!caller.Listener.IsWaiting(caller.Call))
            return Errno.ESRCH;
        Shortcuts?.Follow(caller.Listener, caller.Call, Of(caller.ThreadId), state);
        return Set(caller.ThreadId, state);
    }

    /// <summary>The same for a process that is held at a stop.</summary>
    public Errno Set(int processId, GuestState state)
    {
        lock (_changing)
        {
            if (NumberOf(state) is not { } number)
                return Errno.ENOMEM;
            Errno error = InheritedNumber.Set(processId, number);
            Volatile.Write(ref _changes, _changes + 1);
            return error;
        }
    }

    public GuestCredentials CredentialsOf(Caller caller) => Of(caller.ThreadId).Credentials;

    public GuestCredentials? CredentialsOf(int processId) => _members.Contains(processId) ? Of(processId).Credentials : null;

    public Errno Change(Caller caller, GuestCredentials credentials) => Set(caller, Of(caller.ThreadId) with { Credentials = credentials });

    /// <summary>The one object for a directory of the tree, of which the place is taken over.</summary>
    public GuestDirectory DirectoryAt(Place place, ulong inode)
    {
        SafeFileHandle handle = place.ToHandle();
        lock (_changing)
        {
            if (_directories.TryGetValue(inode, out WeakReference<GuestDirectory>? known) && known.TryGetTarget(out GuestDirectory? directory))
            {
                handle.Dispose();
                return directory;
            }
            directory = GuestDirectory.InTree(handle, inode);
            _directories[inode] = new WeakReference<GuestDirectory>(directory);
            return directory;
        }
    }

    /// <summary>The one object for a directory that is served.</summary>
    public GuestDirectory ServedDirectory(UnixPath path)
    {
        lock (_changing)
        {
            if (!_served.TryGetValue(path, out GuestDirectory? directory))
                _served.Add(path, directory = GuestDirectory.OfServed(path));
            return directory;
        }
    }

    /// <summary>The one object for a program, of which the place is taken over.</summary>
    public RunningProgram ProgramAt(Place place, ulong inode)
    {
        SafeFileHandle handle = place.ToHandle();
        lock (_changing)
        {
            if (_programs.TryGetValue(inode, out WeakReference<RunningProgram>? known) && known.TryGetTarget(out RunningProgram? program))
            {
                handle.Dispose();
                return program;
            }
            program = new RunningProgram(handle, inode);
            _programs[inode] = new WeakReference<RunningProgram>(program);
            return program;
        }
    }

    private GuestDirectory Open(GuestTree tree, UnixPath path)
    {
        Errno error = Place.Of(tree.Root).Open(GuestPaths.ForCall(path), OpenFlags.PathOfDirectory, 0, PathResolve.InRoot, out Place place);
        return error == Errno.None && place.GetStatus(out FullStatus status) == Errno.None ? DirectoryAt(place, status.Inode) : throw new ErrnoException("open", error, path.ToString());
    }

    private int? NumberOf(GuestState state)
    {
        if (_numbers.TryGetValue(state, out int known))
        {
            _unused.Remove(known);
            return known;
        }
        if (_numbers.Count >= _sweepAt)
            Sweep();
        if (_next == MostStates)
            return null;
        int number = _next++;
        if (number >= _states.Length)
        {
            var larger = new GuestState?[_states.Length * 2];
            _states.CopyTo(larger, 0);
            _states = larger;
        }
        _states[number] = state;
        _numbers.Add(state, number);
        return number;
    }

    /// <summary>
    /// Forgets what no process has carried this time and the last time: nobody can take a state up while this looks, and a process that was born between two looks had it from one that was seen.
    /// </summary>
    private void Sweep()
    {
        HashSet<int> carried = [0];
        foreach (int process in _members.All())
            carried.Add(InheritedNumber.Find(process) ?? 0);
        foreach ((GuestState state, int number) in _numbers.Where(pair => !carried.Contains(pair.Value)).ToList())
        {
            if (_unused.Add(number))
                continue;
            _unused.Remove(number);
            _numbers.Remove(state);
            _states[number] = null;
        }
        _unused.RemoveWhere(carried.Contains);
        foreach (ulong inode in _directories.Where(pair => !pair.Value.TryGetTarget(out _)).Select(pair => pair.Key).ToList())
            _directories.Remove(inode);
        foreach (ulong inode in _programs.Where(pair => !pair.Value.TryGetTarget(out _)).Select(pair => pair.Key).ToList())
            _programs.Remove(inode);
        _sweepAt = Math.Max(FirstSweep, _numbers.Count + FirstSweep);
    }
}
