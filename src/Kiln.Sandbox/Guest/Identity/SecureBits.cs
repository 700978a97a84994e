// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Guest.Identity;

/// <summary>"The securebits flags: establishing a capabilities-only environment", capabilities(7). The one after each locks it.</summary>
[Flags]
internal enum SecureBits
{
    None = 0,
    NoRoot = 1,                  // SECBIT_NOROOT
    NoRootLocked = 1 << 1,
    NoSetUidFixup = 1 << 2,      // SECBIT_NO_SETUID_FIXUP
    NoSetUidFixupLocked = 1 << 3,
    KeepCapabilities = 1 << 4,   // SECBIT_KEEP_CAPS
    KeepCapabilitiesLocked = 1 << 5,
    NoAmbientRaise = 1 << 6,     // SECBIT_NO_CAP_AMBIENT_RAISE
    NoAmbientRaiseLocked = 1 << 7,
    RestrictFiles = 1 << 8,      // SECBIT_EXEC_RESTRICT_FILE, Linux 6.14
    RestrictFilesLocked = 1 << 9,
    DenyInteractive = 1 << 10,   // SECBIT_EXEC_DENY_INTERACTIVE
    DenyInteractiveLocked = 1 << 11,

    Locks = NoRootLocked | NoSetUidFixupLocked | KeepCapabilitiesLocked | NoAmbientRaiseLocked | RestrictFilesLocked | DenyInteractiveLocked,

    /// <summary>Those that interpreters alone heed, and anybody may set for itself.</summary>
    Unprivileged = RestrictFiles | RestrictFilesLocked | DenyInteractive | DenyInteractiveLocked,

    All = Locks | NoRoot | NoSetUidFixup | KeepCapabilities | NoAmbientRaise | RestrictFiles | DenyInteractive,
}
