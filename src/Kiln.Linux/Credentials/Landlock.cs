// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;

namespace Kiln.Linux.Credentials;

/// <summary>landlock(7): what a thread, and whatever it becomes and starts, gives up for good. It asks for no privilege.</summary>
public static unsafe class Landlock
{
    private const uint VersionFlag = 1; // LANDLOCK_CREATE_RULESET_VERSION
    private const long ScopesSince = 6; // the ABI of Linux 6.12
    private const long ConnectionsSince = 4; // that of Linux 6.7
    private const ulong AbstractSockets = 1; // LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET
    private const ulong ConnectTcp = 2; // LANDLOCK_ACCESS_NET_CONNECT_TCP

    /// <summary>Whether the kernel can forbid TCP connections.</summary>
    public static bool KnowsConnections => Version() >= ConnectionsSince;

    /// <summary>
    /// Keeps the thread from abstract sockets (unix(7)) of all but its own descendants and, if asked to, from connecting a TCP socket to anything. Each is left out where the kernel cannot, or nobody may ask it:
    /// then it can be done as before. The thread has to have CAP_SYS_ADMIN in its user namespace.
    /// </summary>
    public static void Leave(bool connections)
    {
        long version = Version();
        ulong scopes = version >= ScopesSince ? AbstractSockets : 0, network = connections && version >= ConnectionsSince ? ConnectTcp : 0;
        if ((scopes | network) == 0)
            return;
        // struct landlock_ruleset_attr: handled_access_fs, handled_access_net, scoped.
        ulong* attributes = stackalloc ulong[] { 0, network, scopes };
        long rules = Libc.LandlockCreateRuleset(Libc.SYS_landlock_create_ruleset, attributes, (nuint)(scopes != 0 ? 3 : 2) * sizeof(ulong), 0);
        if (rules < 0)
            return;
        using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle((nint)rules, ownsHandle: true);
        _ = Libc.LandlockRestrictSelf(Libc.SYS_landlock_restrict_self, handle, 0);
    }

    private static long Version() => Libc.LandlockCreateRuleset(Libc.SYS_landlock_create_ruleset, null, 0, VersionFlag);
}
