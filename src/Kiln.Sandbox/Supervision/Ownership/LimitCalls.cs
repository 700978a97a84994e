// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;

namespace Kiln.Sandbox.Supervision.Ownership;

/// <summary>
/// Answers for the limit by which a process carries its identity (<see cref="InheritedNumber"/>) as if it were unlimited, and lets nobody change it: a login program sets all limits to what they
/// were at first.
/// </summary>
internal static class LimitCalls
{
    private static readonly byte[] Unlimited = [.. Enumerable.Repeat(byte.MaxValue, 16)]; // two RLIM64_INFINITY, struct rlimit64

    public static void Answer(Caller caller)
    {
        int result = caller.Call.Call switch { SystemCall.getrlimit => 1, SystemCall.prlimit64 => 3, _ => -1 };
        if (result < 0 || caller.Call.Pointer(result) == 0)
            caller.ReturnValue(0);
        else
            caller.ReturnBytes(caller.Call.Pointer(result), Unlimited, 0);
    }
}
