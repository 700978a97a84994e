// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;

namespace Kiln.Linux.Supervision;

/// <summary>How far a path may lead, by openat2(2)'s own flags.</summary>
[Flags]
public enum PathResolve
{
    /// <summary>As any path; magic links of /proc lead where they point.</summary>
    Anywhere = 0,
    NoMagicLinks = (int)Libc.RESOLVE_NO_MAGICLINKS,
    NoLinks = (int)Libc.RESOLVE_NO_SYMLINKS,

    /// <summary>Not above the directory, not even for a moment.</summary>
    Beneath = (int)Libc.RESOLVE_BENEATH,

    /// <summary>The directory is the root: absolute links and `..` stay in it.</summary>
    InRoot = (int)Libc.RESOLVE_IN_ROOT,
}
