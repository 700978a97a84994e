// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Linux;
using Kiln.Linux.Seccomp;
using Kiln.Sandbox.Supervision;

namespace Kiln.Sandbox.Guest.Identity;

/// <summary>
/// prctl(2): answers what is about credentials, refuses what reaches past the process or would blind the supervisor, and leaves the rest to the kernel: names, timers, machine checks, speculation,
/// death signals, subreapers and filters concern the caller and what it starts alone.
/// </summary>
internal sealed class ProcessControls(IGuestStates states)
{
    private const int GetDumpable = 3;          // PR_GET_DUMPABLE
    private const int SetDumpable = 4;
    private const int GetKeepCapabilities = 7;  // PR_GET_KEEPCAPS
    private const int SetKeepCapabilities = 8;
    private const int GetSeccomp = 21;          // PR_GET_SECCOMP
    private const int ReadBounding = 23;        // PR_CAPBSET_READ
    private const int DropBounding = 24;
    private const int GetSecureBits = 27;       // PR_GET_SECUREBITS
    private const int SetSecureBits = 28;
    private const int SetMemoryMap = 35;        // PR_SET_MM
    private const int SetNoNewPrivileges = 38;  // PR_SET_NO_NEW_PRIVS
    private const int GetNoNewPrivileges = 39;
    private const int Ambient = 47;             // PR_CAP_AMBIENT
    private const int SetTaggedAddresses = 55;  // PR_SET_TAGGED_ADDR_CTRL
    private const int ScheduleCore = 62;        // PR_SCHED_CORE
    private const int FirstUnknown = 79;        // behind PR_FUTEX_HASH, Linux 6.16
    private const int NameMemory = 0x53564D41;  // PR_SET_VMA
    private const int AllowTracer = 0x59616D61; // PR_SET_PTRACER, which lets nobody do what is refused anyway

    private const ulong AmbientIsSet = 1;       // PR_CAP_AMBIENT_IS_SET
    private const ulong AmbientRaise = 2;
    private const ulong AmbientLower = 3;
    private const ulong AmbientClear = 4;

    /// <summary>Every option has one; one that is newer than this table fails as on an older kernel.</summary>
    public static ImmutableArray<FilterRule> Rules { get; } =
    [
        .. new[] { GetDumpable, SetDumpable, GetKeepCapabilities, SetKeepCapabilities, ReadBounding, DropBounding, GetSecureBits, SetSecureBits }.Select(Answered),
        .. new[] { SetNoNewPrivileges, GetNoNewPrivileges, Ambient }.Select(Answered),
        // The filter that there is is not the step's own.
        Refused(GetSeccomp, Errno.None),
        // What the kernel says of a process's program and arguments is to be true; a container's root may not do it either, for want of CAP_SYS_RESOURCE.
        Refused(SetMemoryMap, Errno.EPERM),
        // Pointers with something in their upper bits are not addresses that the supervisor could read.
        Refused(SetTaggedAddresses, Errno.EINVAL),
        // It names processes, the builder's too; kernels without core scheduling say the same.
        Refused(ScheduleCore, Errno.EINVAL),
        new(SystemCall.prctl, FilterVerdict.Allow, [ArgumentTest.Is(0, NameMemory)]),
        new(SystemCall.prctl, FilterVerdict.Allow, [ArgumentTest.Is(0, AllowTracer)]),
        // PR_GET_AUXV is among them: it tells the ids that the kernel knows.
        new(SystemCall.prctl, FilterVerdict.Refuse(Errno.EINVAL), [ArgumentTest.IsAtLeast(0, FirstUnknown)]),
    ];

    public void Answer(Caller caller, GuestCredentials now)
    {
        ulong value = caller.Call.Pointer(1);
        switch (caller.Call.Number(0))
        {
            case GetDumpable:
                caller.ReturnValue(now.IsDumpable ? 1 : 0);
                break;
            case SetDumpable:
                caller.Return(value > 1 ? Errno.EINVAL : Settle(caller, now, now with { IsDumpable = value == 1 }));
                break;
            case GetKeepCapabilities:
                caller.ReturnValue(now.KeepsCapabilities ? 1 : 0);
                break;
            case SetKeepCapabilities:
                caller.Return(value > 1 ? Errno.EINVAL : Settle(caller, now, now.KeepCapabilities(value == 1)));
                break;
            case ReadBounding when value <= CapabilitySets.Last:
                caller.ReturnValue((long)(now.Capabilities.Bounding >> (int)value & 1));
                break;
            case DropBounding:
                caller.Return(!now.MayDropFromBounding ? Errno.EPERM : value > CapabilitySets.Last ? Errno.EINVAL : Settle(caller, now, now.DropFromBounding((int)value)));
                break;
            case GetSecureBits:
                caller.ReturnValue((long)now.SecureBits);
                break;
            case SetSecureBits:
                caller.Return(Settle(caller, now, now.SetSecureBits(value)));
                break;
            case SetNoNewPrivileges when value == 1 && AreZero(caller, 2):
                caller.Return(Settle(caller, now, now with { HasNoNewPrivileges = true }));
                break;
            case GetNoNewPrivileges when AreZero(caller, 1):
                caller.ReturnValue(now.HasNoNewPrivileges ? 1 : 0);
                break;
            case Ambient:
                AnswerAmbient(caller, now, value, caller.Call.Pointer(2));
                break;
            default:
                caller.Fail(Errno.EINVAL);
                break;
        }
    }

    private void AnswerAmbient(Caller caller, GuestCredentials now, ulong operation, ulong capability)
    {
        if (operation == AmbientClear && AreZero(caller, 2))
            caller.Return(Settle(caller, now, now.LowerAmbient(CapabilitySets.All)));
        else if (operation == AmbientClear || capability > CapabilitySets.Last || !AreZero(caller, 3))
            caller.Fail(Errno.EINVAL);
        else if (operation == AmbientIsSet)
            caller.ReturnValue((long)(now.Capabilities.Ambient >> (int)capability & 1));
        else if (operation == AmbientRaise)
            caller.Return(Settle(caller, now, now.RaiseAmbient((int)capability)));
        else
            caller.Return(operation == AmbientLower ? Settle(caller, now, now.LowerAmbient(1UL << (int)capability)) : Errno.EINVAL);
    }

    private Errno Settle(Caller caller, GuestCredentials before, GuestCredentials? after) => CredentialCalls.Settle(states, caller, before, after);

    /// <summary>Whether all five arguments from one on are; newer options insist on it.</summary>
    private static bool AreZero(Caller caller, int first)
    {
        ulong all = 0;
        for (int i = first; i < 5; i++)
            all |= caller.Call.Pointer(i);
        return all == 0;
    }

    private static FilterRule Answered(int option) => new(SystemCall.prctl, FilterVerdict.Notify, [ArgumentTest.Is(0, option)]);

    private static FilterRule Refused(int option, Errno error) => new(SystemCall.prctl, FilterVerdict.Refuse(error), [ArgumentTest.Is(0, option)]);
}
