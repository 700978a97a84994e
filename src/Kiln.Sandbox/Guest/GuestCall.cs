// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.Calls;
using Kiln.Sandbox.Guest.Identity;
using Kiln.Sandbox.Guest.Paths;
using Kiln.Sandbox.Guest.Programs;
using Kiln.Sandbox.Guest.Shortcuts;
using Kiln.Sandbox.Guest.State;
using Kiln.Sandbox.Supervision;

namespace Kiln.Sandbox.Guest;

/// <summary>A call of a supervised step while it is answered, with all that is needed for that. One for each thread that answers; nothing of it is made anew for a call.</summary>
internal sealed class GuestCall : IDisposable
{
    public const int CurrentDirectory = -100; // AT_FDCWD

    private const int LongestPath = 4096;

    private readonly byte[] _first = new byte[LongestPath];
    private readonly byte[] _second = new byte[LongestPath];
    private GuestState? _state;

    public GuestCall(Caller caller, GuestTree tree, GuestStates states, ServedFiles served, BlockedOpens blocked, ProgramStarter starter, GuestShortcuts shortcuts)
    {
        (Caller, Tree, States, Served, Blocked, Starter, Shortcuts) = (caller, tree, states, served, blocked, starter, shortcuts);
        Names = new KnownNames(tree, shortcuts.Memory);
        Descriptors = new CallerDescriptors(Processes);
        Lookup = new GuestLookup(this);
    }

    public Caller Caller { get; }

    public GuestTree Tree { get; }

    public GuestStates States { get; }

    public ServedFiles Served { get; }

    public BlockedOpens Blocked { get; }

    public ProgramStarter Starter { get; }

    public GuestLookup Lookup { get; }

    public CallerDescriptors Descriptors { get; }

    public KnownNames Names { get; }

    public GuestShortcuts Shortcuts { get; }

    /// <summary>Whether the caller's paths start at the tree's root.</summary>
    public bool IsAtRoot => State.Root.Inode == Tree.RootInode;

    /// <summary>`/proc`.</summary>
    public Place Processes => Place.Of(Served.Processes);

    /// <summary>The caller's state. It is asked for when somebody wants it first, and is kept alive until the next call.</summary>
    public GuestState State => _state ??= FindState();

    public ref readonly TrappedCall Arguments => ref Caller.Call;

    public void Begin(in TrappedCall call)
    {
        Caller.Begin(call);
        _state = null;
    }

    /// <summary>Looks at files as somebody else until the call is answered.</summary>
    public void LookAs(GuestCredentials credentials)
    {
        if (credentials != State.Credentials)
            _state = State with { Credentials = credentials };
    }

    /// <summary>Reads a path argument with its NUL: the caller's memory is read once, and what was read is judged and done.</summary>
    public Errno ReadPath(int argument, out ReadOnlySpan<byte> path) => ReadPath(_first, argument, out path);

    /// <summary>The second path of a call that has two.</summary>
    public Errno ReadSecondPath(int argument, out ReadOnlySpan<byte> path) => ReadPath(_second, argument, out path);

    /// <summary>Whether the call still waits, so that what was opened by the caller's number was the caller's.</summary>
    public bool IsWaiting => Caller.Listener.IsWaiting(Caller.Call);

    public void Dispose() => Descriptors.Dispose();

    private GuestState FindState()
    {
        int changes = States.Changes;
        GuestState state = States.Of(Caller.ThreadId);
        Descriptors.Remember(Caller.ThreadId, state, changes);
        return state;
    }

    private Errno ReadPath(byte[] buffer, int argument, out ReadOnlySpan<byte> path)
    {
        path = default;
        if (!ProcessMemory.TryReadText(Caller.ThreadId, Arguments.Pointer(argument), buffer, out int length, out Errno error))
            return error == Errno.ENAMETOOLONG ? error : Errno.EFAULT;
        path = buffer.AsSpan(0, length + 1);
        return Errno.None;
    }
}
