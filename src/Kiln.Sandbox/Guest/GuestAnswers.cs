// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using Kiln.Linux;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.Calls;
using Kiln.Sandbox.Guest.Identity;
using Kiln.Sandbox.Guest.Paths;
using Kiln.Sandbox.Guest.Programs;
using Kiln.Sandbox.Guest.Shortcuts;
using Kiln.Sandbox.Guest.State;
using Kiln.Sandbox.Supervision;
using ExecuteCalls = Kiln.Sandbox.Guest.Calls.ExecuteCalls;
using LimitCalls = Kiln.Sandbox.Supervision.Ownership.LimitCalls;

namespace Kiln.Sandbox.Guest;

/// <summary>Answers for a supervised step, on as many threads as there are: each call by whoever knows it.</summary>
internal sealed class GuestAnswers : IDisposable
{
    private const int IdentityLimit = 10; // RLIMIT_LOCKS

    private static readonly FrozenSet<SystemCall> Looking = [.. GuestCalls.Looking];

    private readonly Lock _changing = new();

    private readonly ProgramStarter _starter;
    private readonly BlockedOpens _blocked = new();
    private readonly WaitingConnections _waiting = new();
    private readonly GuestTree _tree;
    private readonly ServedFiles _served;
    private readonly ExecuteCalls _execute;
    private readonly SocketCalls _sockets;
    private readonly CredentialCalls _credentials;
    private readonly SignalCalls _processes;
    private readonly GuestStates _states;
    private readonly GuestShortcuts _shortcuts;
    private readonly byte[] _machine;
    private readonly FrozenDictionary<SystemCall, Action<GuestCall>> _answers;

    /// <param name="tree">The step's tree, which is taken over.</param>
    /// <param name="states">The states of its processes.</param>
    /// <param name="members">Which processes it has.</param>
    /// <param name="served">What it is served.</param>
    /// <param name="shortcuts">Which calls need no answer.</param>
    /// <param name="hostName">What the machine is called in it.</param>
    /// <param name="metadata">Which addresses are shut; null where none is.</param>
    public GuestAnswers(GuestTree tree, GuestStates states, StepMembers members, ServedFiles served, GuestShortcuts shortcuts, string hostName, MetadataGuard? metadata)
    {
        (_tree, _states, _served, _shortcuts) = (tree, states, served, shortcuts);
        _starter = new ProgramStarter(shortcuts);
        _execute = new ExecuteCalls(_starter);
        _sockets = new SocketCalls(_starter, metadata, _waiting);
        _credentials = new CredentialCalls(states);
        _processes = new SignalCalls(members, states);
        _machine = AnsweredFile.DescribeMachine(hostName);
        var answers = new Dictionary<SystemCall, Action<GuestCall>>();
        void Add(IEnumerable<SystemCall> calls, Action<GuestCall> answer)
        {
            foreach (SystemCall call in calls)
                answers[call] = answer;
        }
        Add(SupervisedCalls.OfProcesses.Select(rule => rule.Call), _processes.Answer);
        Add(GuestCalls.Signals.Select(rule => rule.Call), _processes.Answer);
        Add(CredentialCalls.Rules.Select(rule => rule.Call), call => _credentials.Answer(call.Caller));
        Add(GuestCalls.Opening, OpenCalls.Answer);
        Add(GuestCalls.Looking, LookCalls.Answer);
        Add(GuestCalls.Changing, ChangeCalls.Answer);
        Add(GuestCalls.Naming, NameCalls.Answer);
        Add(GuestCalls.Placing, DirectoryCalls.Answer);
        Add(GuestCalls.Attributes, AttributeCalls.Answer);
        Add(GuestCalls.Executing, _execute.Answer);
        Add([.. GuestCalls.Lending, SystemCall.socket, SystemCall.socketpair, SystemCall.getsockopt], Forgetting(_sockets.Answer));
        Add([SystemCall.uname], call => call.Caller.ReturnBytes(call.Arguments.Pointer(0), _machine, 0));
        Add([SystemCall.getrlimit, SystemCall.setrlimit], call => LimitCalls.Answer(call.Caller));
        Add([SystemCall.prlimit64], AnswerLimits);
        Add([SystemCall.prctl], AnswerControls);
        Add([SystemCall.seccomp], AnswerFilters);
        Add([SystemCall.clone], AnswerClones);
        Add(GuestCalls.Mappings.Select(rule => rule.Call), AnswerMappings);
        Add(GuestCalls.KernelOpening.Select(rule => rule.Call), new KernelOpens(_starter).Answer);
        _answers = answers.ToFrozenDictionary();
    }

    /// <summary>A fault of ours that some process of the step was ended for.</summary>
    public Exception? Failure => _starter.Failure;

    /// <summary>What a thread that answers needs.</summary>
    public GuestCall NewCall(SeccompListener listener) => new(new Caller(listener, new BorrowedIdentity()), _tree, _states, _served, _blocked, _starter, _shortcuts);

    public void Answer(GuestCall call, in TrappedCall trapped)
    {
        call.Begin(trapped);
        try
        {
            if (trapped.Call is not { } name || !_answers.TryGetValue(name, out Action<GuestCall>? answer))
            {
                call.Caller.Fail(Errno.ENOSYS);
                return;
            }
            if (GuestCalls.Shortened.Contains(name))
                _shortcuts.Patches?.Consider(trapped);
            if (OnlyLooks(name, trapped))
                answer(call);
            else
                lock (_changing)
                    answer(call);
        }
        catch (ErrnoException e)
        {
            // The step has changed something under our hands, or the caller is gone. Nothing that could not be judged goes to the kernel.
            call.Caller.Fail(e.Error);
        }
        catch (IOException)
        {
            // Of a file of `/proc` whose process has ended meanwhile.
            call.Caller.Fail(Errno.ESRCH);
        }
    }

    public void Dispose()
    {
        _blocked.Dispose();
        _waiting.Dispose();
        _starter.Dispose();
        _shortcuts.Dispose();
        _served.Dispose();
        _tree.Dispose();
    }

    /// <summary>Whether nothing can be another for anybody after the answer: those need not wait for each other, nor for what changes something.</summary>
    private static bool OnlyLooks(SystemCall name, in TrappedCall call) => name switch
    {
        SystemCall.open => new OpenFlags(call.Number(1)).OnlyReads,
        SystemCall.openat => new OpenFlags(call.Number(2)).OnlyReads,
        SystemCall.execve or SystemCall.execveat or SystemCall.mmap or SystemCall.getcwd => true,
        _ => Looking.Contains(name),
    };

    /// <summary>For calls that may change names.</summary>
    private static Action<GuestCall> Forgetting(Action<GuestCall> answer) => call =>
    {
        answer(call);
        call.Names.Forget();
    };

    /// <summary>What a caller is made to do itself goes on.</summary>
    private void AnswerControls(GuestCall call)
    {
        const int setMemory = 35, setFilter = 22; // PR_SET_MM, PR_SET_SECCOMP
        if (_starter.IsExpected(call.Arguments))
            call.Caller.Continue();
        else if (call.Arguments.Number(0) == setMemory)
            call.Caller.Fail(Errno.EPERM);
        else if (call.Arguments.Number(0) == setFilter)
            AnswerFilters(call);
        else
            _credentials.Answer(call.Caller);
    }

    /// <summary>A filter of the step's own is the kernel's to put on the caller. It may forbid what shortcuts do, and the filter that ends them, which therefore comes first.</summary>
    private void AnswerFilters(GuestCall call)
    {
        if (_starter.IsExpected(call.Arguments) || _shortcuts.Patches is null || !call.State.KeepsShortcuts)
        {
            call.Caller.Continue();
            return;
        }
        _shortcuts.Patches.SwitchOff(call.Caller.ThreadId);
        GuestState after = call.State with { KeepsShortcuts = false };
        _starter.EndShortcuts(call.Caller.Listener, call.Arguments, (process, _) => _states.Set(process, after));
    }

    /// <summary>A child with its parent's descriptors and a working directory of its own.</summary>
    private void AnswerClones(GuestCall call)
    {
        _shortcuts.Patches?.SwitchOff(call.Caller.ThreadId);
        call.Caller.Continue();
    }

    /// <summary>What the filter goes by stays where it is and as it is.</summary>
    private void AnswerMappings(GuestCall call)
    {
        if (!_starter.IsExpected(call.Arguments) && ShortcutMemory.IsTouchedBy(call.Arguments))
            call.Caller.Fail(Errno.EPERM);
        else
            call.Caller.Continue();
    }

    private void AnswerLimits(GuestCall call)
    {
        if (call.Arguments.Number(1) == IdentityLimit)
            LimitCalls.Answer(call.Caller);
        else
            _processes.Answer(call);
    }
}
