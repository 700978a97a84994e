// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;

namespace Kiln.Linux.Credentials;

/// <summary>landlock(7): what a thread, and whatever it becomes and starts, gives up for good. It asks for no privilege.</summary>
public static unsafe class Landlock
{
    private const uint VersionFlag = 1; // LANDLOCK_CREATE_RULESET_VERSION
    private const long ScopesSince = 6; // the ABI of Linux 6.12
    private const ulong AbstractSockets = 1; // LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET

    /// <summary>
    /// Keeps the thread from abstract sockets (unix(7)) of all but its own descendants. False where the kernel cannot, or nobody may ask it: then they are reached as before. The
    /// thread has to have CAP_SYS_ADMIN in its user namespace.
    /// </summary>
    public static bool TryLeaveAbstractSockets()
    {
        if (Libc.LandlockCreateRuleset(Libc.SYS_landlock_create_ruleset, null, 0, VersionFlag) < ScopesSince)
            return false;
        // struct landlock_ruleset_attr: handled_access_fs, handled_access_net, scoped.
        ulong* attributes = stackalloc ulong[] { 0, 0, AbstractSockets };
        long rules = Libc.LandlockCreateRuleset(Libc.SYS_landlock_create_ruleset, attributes, 3 * sizeof(ulong), 0);
        if (rules < 0)
            return false;
        using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle((nint)rules, ownsHandle: true);
        return Libc.LandlockRestrictSelf(Libc.SYS_landlock_restrict_self, handle, 0) == 0;
    }
}
