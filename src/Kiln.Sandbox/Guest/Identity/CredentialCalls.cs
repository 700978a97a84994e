// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Kiln.Linux;
using Kiln.Linux.Seccomp;
using Kiln.Sandbox.Supervision;
using Kiln.Sandbox.Supervision.Ownership;

namespace Kiln.Sandbox.Guest.Identity;

/// <summary>
/// Answers who a process of a supervised step is, and makes it somebody else, as the kernel would answer a container's root. Nothing of it reaches the kernel, to which all of them are the builder's user.
/// </summary>
internal sealed class CredentialCalls(IGuestStates states)
{
    private const int MostGroups = 65536; // NGROUPS_MAX
    private const uint Invalid = uint.MaxValue;

    private readonly CapabilityCalls _capabilities = new(states);
    private readonly ProcessControls _controls = new(states);

    /// <summary>The calls that <see cref="Answer"/> takes, and what becomes of every prctl(2) that it does not.</summary>
    public static ImmutableArray<FilterRule> Rules { get; } =
    [
        .. Always(SystemCall.getuid, SystemCall.geteuid, SystemCall.getgid, SystemCall.getegid, SystemCall.getresuid, SystemCall.getresgid, SystemCall.getgroups),
        .. Always(SystemCall.setuid, SystemCall.setreuid, SystemCall.setresuid, SystemCall.setfsuid, SystemCall.setgroups),
        .. Always(SystemCall.setgid, SystemCall.setregid, SystemCall.setresgid, SystemCall.setfsgid, SystemCall.capget, SystemCall.capset),
        .. ProcessControls.Rules,
    ];

    public void Answer(Caller caller)
    {
        GuestCredentials now = states.CredentialsOf(caller);
        switch (caller.Call.Call)
        {
            case SystemCall.getuid:
                caller.ReturnValue(now.Users.Real);
                break;
            case SystemCall.geteuid:
                caller.ReturnValue(now.Users.Effective);
                break;
            case SystemCall.getgid:
                caller.ReturnValue(now.Groups.Real);
                break;
            case SystemCall.getegid:
                caller.ReturnValue(now.Groups.Effective);
                break;
            case SystemCall.getresuid:
                GiveThree(caller, now.Users);
                break;
            case SystemCall.getresgid:
                GiveThree(caller, now.Groups);
                break;
            case SystemCall.getgroups:
                GiveGroups(caller, now);
                break;
            case SystemCall.setgroups:
                caller.Return(SetGroups(caller, now));
                break;
            case SystemCall.setfsuid:
                SetFile(caller, now, now.Users.File, now.SetFileUser(Id(caller, 0)));
                break;
            case SystemCall.setfsgid:
                SetFile(caller, now, now.Groups.File, now.SetFileGroup(Id(caller, 0)));
                break;
            case SystemCall.capget:
                _capabilities.Give(caller, now);
                break;
            case SystemCall.capset:
                caller.Return(_capabilities.Set(caller, now));
                break;
            case SystemCall.prctl:
                _controls.Answer(caller, now);
                break;
            case SystemCall.setuid or SystemCall.setgid when Id(caller, 0) == Invalid:
                caller.Fail(Errno.EINVAL);
                break;
            default:
                caller.Return(Settle(states, caller, now, Change(caller, now)));
                break;
        }
    }

    /// <summary>Keeps what came of a change, which was refused where that is null.</summary>
    internal static Errno Settle(IGuestStates states, Caller caller, GuestCredentials before, GuestCredentials? after) =>
        after is null ? Errno.EPERM
        : after == before ? Errno.None
        : states.Change(caller, after);

    private static GuestCredentials? Change(Caller caller, GuestCredentials now)
    {
        (uint first, uint second, uint third) = (Id(caller, 0), Id(caller, 1), Id(caller, 2));
        return caller.Call.Call switch
        {
            SystemCall.setuid => now.SetUser(first),
            SystemCall.setreuid => now.SetUsers(first, second),
            SystemCall.setresuid => now.SetUsers(first, second, third),
            SystemCall.setgid => now.SetGroup(first),
            SystemCall.setregid => now.SetGroups(first, second),
            SystemCall.setresgid => now.SetGroups(first, second, third),
            var other => throw new System.Diagnostics.UnreachableException($"{other} is no call about credentials"),
        };
    }

    /// <summary>"On success and on failure alike, this call returns the previous filesystem user ID of the caller" (setfsuid(2)).</summary>
    private void SetFile(Caller caller, GuestCredentials now, uint before, GuestCredentials after)
    {
        if (Id(caller, 0) != Invalid)
            _ = Settle(states, caller, now, after);
        caller.ReturnValue(before);
    }

    private Errno SetGroups(Caller caller, GuestCredentials now)
    {
        if (!now.MaySetGroups)
            return Errno.EPERM;
        uint count = Id(caller, 0);
        if (count > MostGroups)
            return Errno.EINVAL;
        uint[] groups = new uint[count];
        if (count > 0 && !caller.TryRead(caller.Call.Pointer(1), MemoryMarshal.AsBytes(groups.AsSpan())))
            return Errno.EFAULT;
        return groups.Contains(Invalid) ? Errno.EINVAL : Settle(states, caller, now, now.SetSupplementaryGroups(groups));
    }

    private static void GiveGroups(Caller caller, GuestCredentials now)
    {
        int size = caller.Call.Number(0), count = now.SupplementaryGroups.Length;
        if (size < 0 || (size > 0 && size < count))
            caller.Fail(Errno.EINVAL);
        else if (size == 0 || count == 0)
            caller.ReturnValue(count);
        else
            caller.ReturnBytes(caller.Call.Pointer(1), MemoryMarshal.AsBytes(now.SupplementaryGroups.AsSpan()), count);
    }

    private static void GiveThree(Caller caller, RecordedIds ids)
    {
        ReadOnlySpan<uint> values = [ids.Real, ids.Effective, ids.Saved];
        for (int i = 0; i < values.Length - 1; i++)
        {
            if (caller.TryWrite(caller.Call.Pointer(i), MemoryMarshal.AsBytes(values.Slice(i, 1))))
                continue;
            caller.Fail(Errno.EFAULT);
            return;
        }
        caller.ReturnBytes(caller.Call.Pointer(2), MemoryMarshal.AsBytes(values[2..]), 0);
    }

    private static uint Id(Caller caller, int argument) => (uint)caller.Call.Number(argument);

    private static IEnumerable<FilterRule> Always(params SystemCall[] calls) => calls.Select(call => new FilterRule(call, FilterVerdict.Notify));
}
