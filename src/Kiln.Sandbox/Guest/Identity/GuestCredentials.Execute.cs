// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;

namespace Kiln.Sandbox.Guest.Identity;

/// <summary>execve(2).</summary>
internal sealed partial record GuestCredentials
{
    private const int SetUidBit = 0x800;     // S_ISUID
    private const int SetGidBit = 0x400;     // S_ISGID
    private const int GroupMayExecute = 0x8; // S_IXGRP
    private const int AnyMayExecute = 0x49;  // 0111

    /// <summary>
    /// Who the process is once it runs a program, which it may execute. "Transformation of capabilities during execve()" in capabilities(7):
    /// (1) set-id bits change the effective ids; (2) the program's capabilities are what it may get of them; (3) root gets what is in the bounding set;
    /// (4) who has renounced privilege gains none; (5) ambient capabilities are added, unless the program is a privileged one.
    /// </summary>
    /// <param name="program">What is executed.</param>
    /// <param name="after">Whom it becomes.</param>
    /// <param name="isSecure">What AT_SECURE says, getauxval(3).</param>
    /// <returns>EPERM where the program has capabilities that it needs from the start and cannot get.</returns>
    public Errno Execute(in GuestProgram program, out GuestCredentials after, out bool isSecure)
    {
        after = this;
        isSecure = false;
        uint user = Users.Effective, group = Groups.Effective;
        if (!HasNoNewPrivileges && (program.Mode & AnyMayExecute) != 0) // 1
        {
            user = (program.Mode & SetUidBit) != 0 ? program.Uid : user;
            group = (program.Mode & SetGidBit) != 0 && (program.Mode & GroupMayExecute) != 0 ? program.Gid : group;
        }

        ulong permitted = 0;
        bool effective = false;
        if (program.Capabilities is { } own) // 2
        {
            permitted = (Capabilities.Bounding & own.Permitted) | (Capabilities.Inheritable & own.Inheritable);
            effective = own.IsEffective;
            if (effective && !CapabilitySets.Contains(permitted, own.Permitted))
                return Errno.EPERM;
        }

        bool becomesRoot = user == 0 && Users.Real != 0;
        if (!SecureBits.HasFlag(SecureBits.NoRoot) && !(program.Capabilities is not null && becomesRoot)) // 3
        {
            if (user == 0 || Users.Real == 0)
                permitted = Capabilities.Bounding | Capabilities.Inheritable;
            effective |= user == 0;
        }

        bool changes = user != Users.Effective || !IsInGroup(group);
        if (HasNoNewPrivileges && (changes || !CapabilitySets.Contains(Capabilities.Permitted, permitted))) // 4
        {
            (user, group) = (Users.Real, Groups.Real);
            permitted &= Capabilities.Permitted;
        }

        ulong ambient = program.Capabilities is not null || changes ? 0 : Capabilities.Ambient; // 5
        permitted |= ambient;
        isSecure = changes || user != Users.Real || group != Groups.Real || (Users.Real != 0 && (effective || permitted != ambient));
        bool isDumpable = program.IsReadable && Users.Effective == Users.Real && Groups.Effective == Groups.Real;
        var next = this with
        {
            Users = Users.Execute(user),
            Groups = Groups.Execute(group),
            Capabilities = Capabilities with { Permitted = permitted, Effective = effective ? permitted : ambient, Ambient = ambient },
            SecureBits = SecureBits & ~SecureBits.KeepCapabilities,
            IsDumpable = isDumpable,
        };
        next = Committed(next);
        after = next == this ? this : next;
        return Errno.None;
    }
}
