// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Kiln.Linux;
using Kiln.Sandbox.Supervision;

namespace Kiln.Sandbox.Guest.Identity;

/// <summary>Answers capget(2) and capset(2), in the three forms that their header may ask for.</summary>
internal sealed class CapabilityCalls(IGuestStates states)
{
    private const uint First = 0x19980330;  // _LINUX_CAPABILITY_VERSION_1: 32 bits of each set
    private const uint Second = 0x20071026; // 64 bits
    private const uint Third = 0x20080522;  // the same, and what the kernel says that it prefers
    private const int ProcessOffset = 4;    // struct __user_cap_header_struct
    private const int Words = 3;            // struct __user_cap_data_struct: effective, permitted, inheritable

    public void Give(Caller caller, GuestCredentials now)
    {
        (ulong header, ulong data) = (caller.Call.Pointer(0), caller.Call.Pointer(1));
        Errno error = ReadVersion(caller, header, out int halves);
        if (data == 0 || error != Errno.None)
        {
            // Who asks for nothing learns which version there is.
            caller.Return(data == 0 && error == Errno.EINVAL ? Errno.None : error);
            return;
        }
        if (!TryReadProcess(caller, header, out int process))
            caller.Fail(Errno.EFAULT);
        else if (process < 0)
            caller.Fail(Errno.EINVAL);
        else if ((process == 0 ? now : states.CredentialsOf(process)) is not { } asked)
            caller.Fail(Errno.ESRCH);
        else
            Give(caller, data, asked.Capabilities, halves);
    }

    public Errno Set(Caller caller, GuestCredentials now)
    {
        (ulong header, ulong data) = (caller.Call.Pointer(0), caller.Call.Pointer(1));
        Errno error = ReadVersion(caller, header, out int halves);
        if (error != Errno.None)
            return error;
        if (!TryReadProcess(caller, header, out int process))
            return Errno.EFAULT;
        if (process != 0 && process != caller.ThreadId)
            return Errno.EPERM;
        Span<uint> words = stackalloc uint[2 * Words];
        words.Clear();
        if (!caller.TryRead(data, MemoryMarshal.AsBytes(words[..(halves * Words)])))
            return Errno.EFAULT;
        return CredentialCalls.Settle(states, caller, now, now.SetCapabilities(
            effective: Join(words[0], words[Words]), permitted: Join(words[1], words[Words + 1]), inheritable: Join(words[2], words[Words + 2])));
    }

    private static void Give(Caller caller, ulong data, CapabilitySets sets, int halves)
    {
        ReadOnlySpan<uint> words =
        [
            (uint)sets.Effective, (uint)sets.Permitted, (uint)sets.Inheritable,
            (uint)(sets.Effective >> 32), (uint)(sets.Permitted >> 32), (uint)(sets.Inheritable >> 32),
        ];
        caller.ReturnBytes(data, MemoryMarshal.AsBytes(words[..(halves * Words)]), 0);
    }

    private static Errno ReadVersion(Caller caller, ulong header, out int halves)
    {
        uint version = 0;
        halves = 0;
        if (!caller.TryRead(header, MemoryMarshal.AsBytes(new Span<uint>(ref version))))
            return Errno.EFAULT;
        halves = version switch { First => 1, Second or Third => 2, _ => 0 };
        if (halves > 0)
            return Errno.None;
        version = Third;
        return caller.TryWrite(header, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in version))) ? Errno.EINVAL : Errno.EFAULT;
    }

    private static bool TryReadProcess(Caller caller, ulong header, out int process)
    {
        process = 0;
        return caller.TryRead(header + ProcessOffset, MemoryMarshal.AsBytes(new Span<int>(ref process)));
    }

    private static ulong Join(uint low, uint high) => low | ((ulong)high << 32);
}
