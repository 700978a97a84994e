// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Kiln.Linux;
using Kiln.Linux.Seccomp;

namespace Kiln.Sandbox.Supervision.Ownership;

/// <summary>
/// Answers who a process is, and makes it somebody else, by the rules of setuid(2) and its kin. Nothing of it reaches the kernel, which has one id to give; threads of a process are one here.
/// </summary>
internal sealed class IdentityCalls(IdentityTable identities)
{
    private const int MostGroups = 65536; // NGROUPS_MAX
    private const uint ChangeIds = 0xC0;  // CAP_SETGID, CAP_SETUID
    private const uint Invalid = uint.MaxValue;

    public void Answer(Caller caller)
    {
        RecordedIdentity now = identities.Of(caller);
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
                SetFile(caller, now.Users.File, now with { Users = now.Users.SetFile((uint)caller.Call.Number(0), now.MayChangeIds) });
                break;
            case SystemCall.setfsgid:
                SetFile(caller, now.Groups.File, now with { Groups = now.Groups.SetFile((uint)caller.Call.Number(0), now.MayChangeIds) });
                break;
            case SystemCall.prctl: // PR_SET_KEEPCAPS, of which the kernel keeps its own record too
                _ = identities.Set(caller, now with { KeepsCapabilities = caller.Call.Number(1) == 1 });
                caller.Continue();
                break;
            case SystemCall.capset:
                SetCapabilities(caller, now);
                break;
            case SystemCall.setuid or SystemCall.setgid when (uint)caller.Call.Number(0) == Invalid:
                caller.Fail(Errno.EINVAL);
                break;
            case SystemCall.setuid or SystemCall.setreuid or SystemCall.setresuid:
                caller.Return(Change(caller.Call, now.Users, now.MayChangeIds) is { } users ? identities.Set(caller, now.WithUsers(users)) : Errno.EPERM);
                break;
            default:
                caller.Return(Change(caller.Call, now.Groups, now.MayChangeIds) is { } groups ? identities.Set(caller, now with { Groups = groups }) : Errno.EPERM);
                break;
        }
    }

    private void SetCapabilities(Caller caller, RecordedIdentity now)
    {
        Span<byte> effective = stackalloc byte[sizeof(uint)]; // the first word of __user_cap_data_struct
        if (caller.TryRead(caller.Call.Pointer(1), effective) && now.WithCapabilities((MemoryMarshal.Read<uint>(effective) & ChangeIds) != 0) is var after && after != now)
            _ = identities.Set(caller, after);
        caller.Continue();
    }

    private static RecordedIds? Change(in TrappedCall call, RecordedIds ids, bool privileged)
    {
        (uint first, uint second, uint third) = ((uint)call.Number(0), (uint)call.Number(1), (uint)call.Number(2));
        return call.Call switch
        {
            SystemCall.setuid or SystemCall.setgid => ids.Set(first, privileged),
            SystemCall.setreuid or SystemCall.setregid => ids.SetTwo(first, second, privileged),
            _ => ids.SetThree(first, second, third, privileged),
        };
    }

    /// <summary>"On success and on failure alike, this call returns the previous filesystem user ID of the caller" (setfsuid(2)).</summary>
    private void SetFile(Caller caller, uint before, RecordedIdentity identity)
    {
        if ((uint)caller.Call.Number(0) != Invalid)
            _ = identities.Set(caller, identity);
        caller.ReturnValue(before);
    }

    private Errno SetGroups(Caller caller, RecordedIdentity now)
    {
        if (!now.MayChangeIds)
            return Errno.EPERM;
        uint count = (uint)caller.Call.Number(0);
        if (count > MostGroups)
            return Errno.EINVAL;
        uint[] groups = new uint[count];
        if (count > 0 && !caller.TryRead(caller.Call.Pointer(1), MemoryMarshal.AsBytes(groups.AsSpan())))
            return Errno.EFAULT;
        Array.Sort(groups); // as the kernel keeps them
        return identities.Set(caller, now with { SupplementaryGroups = ImmutableCollectionsMarshal.AsImmutableArray(groups) });
    }

    private static void GiveGroups(Caller caller, RecordedIdentity now)
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
        uint[] values = [ids.Real, ids.Effective, ids.Saved];
        for (int i = 0; i < values.Length - 1; i++)
        {
            if (caller.TryWrite(caller.Call.Pointer(i), MemoryMarshal.AsBytes(values.AsSpan(i, 1))))
                continue;
            caller.Fail(Errno.EFAULT);
            return;
        }
        caller.ReturnBytes(caller.Call.Pointer(2), MemoryMarshal.AsBytes(values.AsSpan(2, 1)), 0);
    }
}
