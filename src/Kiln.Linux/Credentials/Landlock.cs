// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;
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
    private const ulong ReadFile = 4, ReadDirectory = 8; // LANDLOCK_ACCESS_FS_READ_FILE, _READ_DIR
    private const ulong AllOfFiles = 0x1FFE; // what the first ABI knows but LANDLOCK_ACCESS_FS_EXECUTE: what a caller is made to execute was opened by who had it do so
    private const int PathBeneath = 1; // LANDLOCK_RULE_PATH_BENEATH
    private const ulong Truncate = 0x4000; // LANDLOCK_ACCESS_FS_TRUNCATE
    private const long TruncateSince = 3; // the ABI of Linux 6.2

    /// <summary>Whether the kernel can forbid TCP connections.</summary>
    public static bool KnowsConnections => Version() >= ConnectionsSince;

    /// <summary>Whether the kernel can forbid files, and we may ask it.</summary>
    public static bool KnowsFiles => Version() >= 1;

    /// <summary>
    /// Keeps the thread from abstract sockets (unix(7)) of all but its own descendants and, if asked to, from connecting a TCP socket to anything. Each is left out where the kernel cannot, or nobody may ask it:
    /// then it can be done as before. The thread has to have CAP_SYS_ADMIN in its user namespace, or no_new_privs.
    /// </summary>
    public static void Leave(bool connections) => _ = TryLeave(connections, readable: null);

    /// <summary>The same; and of files it can open from then on but those beneath a directory, and those to be read. Descriptors that others hand it are not meant. False where not all of that can be had.</summary>
    public static bool TryLeave(bool connections, DirectoryHandle? readable)
    {
        long version = Version();
        ulong scopes = version >= ScopesSince ? AbstractSockets : 0, network = connections && version >= ConnectionsSince ? ConnectTcp : 0;
        ulong files = readable is null || version < 1 ? 0 : version >= TruncateSince ? AllOfFiles | Truncate : AllOfFiles;
        if ((scopes | network | files) == 0)
            return readable is null;
        // struct landlock_ruleset_attr: handled_access_fs, handled_access_net, scoped.
        ulong* attributes = stackalloc ulong[] { files, network, scopes };
        long rules = Libc.LandlockCreateRuleset(Libc.SYS_landlock_create_ruleset, attributes, (nuint)(scopes != 0 ? 3 : network != 0 ? 2 : 1) * sizeof(ulong), 0);
        if (rules < 0)
            return false;
        using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle((nint)rules, ownsHandle: true);
        if (files != 0)
        {
            var beneath = new Libc.PathBeneath { Access = ReadFile | ReadDirectory, Directory = (int)readable!.Handle.DangerousGetHandle() };
            if (Libc.LandlockAddRule(Libc.SYS_landlock_add_rule, handle, PathBeneath, &beneath, 0) != 0)
                return false;
        }
        return Libc.LandlockRestrictSelf(Libc.SYS_landlock_restrict_self, handle, 0) == 0 && (readable is null || files != 0);
    }

    private static long Version() => Libc.LandlockCreateRuleset(Libc.SYS_landlock_create_ruleset, null, 0, VersionFlag);
}
